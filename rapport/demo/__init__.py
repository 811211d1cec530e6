"""The demo: three months of an invented conference, lived through the product's own interface under a simulated clock."""
