"""From trees to functions: checks, lowering and the back ends."""
