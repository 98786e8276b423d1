"""Questions made by rules from law clauses; the command is generate.py."""
