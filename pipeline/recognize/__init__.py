"""Words become mentions, entities and recommendations."""
