"""PostgreSQL: the index of words, and how words near each other are found. SQLite has FTS5 since the first step."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    words()
    places()
    near()
    collation()


def words() -> None:
    """`lexemes` says which words a page has (`~word`: in an alternate reading; `~~`: too many to be listed), `text` and
    `alternates` hold the words in order, each between two spaces of its own."""
    op.execute(
        "CREATE TABLE pages_words ("
        " page_id integer NOT NULL REFERENCES pages (id) ON DELETE CASCADE, lexemes tsvector NOT NULL,"
        ' text text COLLATE "C" NOT NULL, alternates text COLLATE "C" NOT NULL, length integer NOT NULL,'
        " CONSTRAINT pk_pages_words PRIMARY KEY (page_id) INCLUDE (length))"
    )
    op.execute("CREATE INDEX ix_pages_words_lexemes ON pages_words USING gin (lexemes)")


def places() -> None:
    """Where a phrase begins among the words of a page, rising; null when it does not stand there."""
    op.execute("""
        CREATE FUNCTION declass_places(words text[], phrase text[], longer boolean) RETURNS integer[]
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            many integer := cardinality(phrase);
        BEGIN
            IF many = 1 AND longer THEN
                RETURN (SELECT array_agg(place::integer ORDER BY place)
                        FROM unnest(words) WITH ORDINALITY AS every (word, place) WHERE word ^@ phrase[1]);
            END IF;
            RETURN (SELECT array_agg(place ORDER BY place) FROM unnest(array_positions(words, phrase[1])) AS place
                    WHERE many = 1
                    OR (NOT longer AND words[place : place + many - 1] = phrase)
                    OR (longer AND words[place : place + many - 2] = phrase[: many - 1]
                        AND words[place + many - 1] ^@ phrase[many]));
        END $$
    """)


def near() -> None:
    """How often each phrase takes part where all of them stand with at most `distance` words between; null when they
    never do. It walks as FTS5 does (fts5ExprNearIsMatch), so that both databases find and count the same."""
    op.execute("""
        CREATE FUNCTION declass_near(text text, phrases text[], longer boolean[], distance integer) RETURNS integer[]
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            words text[] := string_to_array(btrim(text), '  ');
            many integer := cardinality(phrases);
            every integer[] := '{}';  -- the places of all phrases, one phrase after the other
            at integer[];             -- by phrase: which of them is looked at,
            ends integer[];           -- which is its last,
            reach integer[];          -- how far from its beginning the last phrase may begin,
            counted integer[];        -- which was counted last,
            counts integer[] := array_fill(0, ARRAY[many]);
            phrase text[];
            here integer[];
            latest integer;
            first integer;
            fits boolean;
        BEGIN
            FOR i IN 1 .. many LOOP
                phrase := string_to_array(phrases[i], '  ');
                here := declass_places(words, phrase, longer[i]);
                IF here IS NULL THEN RETURN NULL; END IF;
                at[i] := cardinality(every) + 1;
                every := every || here;
                ends[i] := cardinality(every);
                reach[i] := cardinality(phrase) + distance;
                counted[i] := 0;
            END LOOP;
            <<walk>> LOOP
                latest := every[at[1]];
                LOOP
                    fits := true;
                    FOR i IN 1 .. many LOOP
                        IF every[at[i]] < latest - reach[i] OR every[at[i]] > latest THEN
                            fits := false;
                            WHILE every[at[i]] < latest - reach[i] LOOP
                                at[i] := at[i] + 1;
                                EXIT walk WHEN at[i] > ends[i];
                            END LOOP;
                            latest := greatest(latest, every[at[i]]);
                        END IF;
                    END LOOP;
                    EXIT WHEN fits;
                END LOOP;
                FOR i IN 1 .. many LOOP
                    IF counted[i] <> at[i] THEN
                        counted[i] := at[i];
                        counts[i] := counts[i] + 1;
                    END IF;
                END LOOP;
                first := 0;
                FOR i IN 1 .. many LOOP
                    IF at[i] < ends[i] AND (first = 0 OR every[at[i] + 1] < every[at[first] + 1]) THEN first := i; END IF;
                END LOOP;
                EXIT WHEN first = 0;
                at[first] := at[first] + 1;
            END LOOP;
            RETURN CASE WHEN counts[1] > 0 THEN counts END;
        END $$
    """)


def collation() -> None:
    """What counts as a letter, and its other case, when a column is searched by a pattern: Unicode's, whatever the
    language of the server; the best of what the server has."""
    op.execute("""
        DO $$
        DECLARE
            known text;
        BEGIN
            SELECT collname INTO known FROM pg_collation
            WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8', 'C')
              AND collnamespace = 'pg_catalog'::regnamespace
              AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
            ORDER BY array_position(ARRAY['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu', 'en_US.utf8', 'C'], collname::text)
            LIMIT 1;
            EXECUTE format('CREATE COLLATION declass_letters FROM %I', known);
        END $$
    """)
