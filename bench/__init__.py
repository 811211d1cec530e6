"""The figures that Rapport promises, measured: `python -m bench [NAME…]`. Nothing of the product imports this."""
