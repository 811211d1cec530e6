"""What follow-up does: one function per event, command and due step. Load, decide, save, publish; `work` comes last."""
