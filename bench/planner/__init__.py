"""Plans of seeded instances by the engine and by what one would use instead, side by side in one run."""
