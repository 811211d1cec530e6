"""What introductions does: one function per command or event. Load, decide, save, publish; `work` comes last."""
