"""What happens before the console's own Python environment exists: standard library only, nothing of backend/."""
