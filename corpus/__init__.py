"""Sample documents composed for this project, with gold that is exact because the drawing code wrote it down."""
