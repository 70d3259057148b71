"""Many documents at once: workers that can die, a journal that cannot."""
