"""Documents become rows: schema, migrations, writing, searching. The one door to SQLAlchemy."""
