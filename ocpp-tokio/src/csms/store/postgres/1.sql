-- The rows of all tables, sorted by their keys as bytes.
CREATE TABLE ocpp_rows (
    kind smallint NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, key)
);

-- Writes rows whose conditions hold, one after the other. Returns '!' and the place of the first one whose condition does not hold:
-- the transaction is to be rolled back then. Otherwise the number of the transaction, so that it can be asked what became of it.
-- conditions: 0 none, 1 the row is absent, 2 it has the value that is expected. A value that is null removes the row.
CREATE FUNCTION ocpp_write(kinds smallint[], keys text[], conditions smallint[], expected text[], vals text[])
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. coalesce(array_length(keys, 1), 0) LOOP
        IF conditions[i] = 0 THEN
            IF vals[i] IS NULL THEN
                DELETE FROM ocpp_rows WHERE kind = kinds[i] AND key = keys[i];
            ELSE
                INSERT INTO ocpp_rows VALUES (kinds[i], keys[i], vals[i])
                    ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value;
            END IF;
            CONTINUE;
        END IF;
        IF conditions[i] = 1 AND vals[i] IS NULL THEN
            PERFORM 1 WHERE NOT EXISTS (SELECT 1 FROM ocpp_rows WHERE kind = kinds[i] AND key = keys[i]);
        ELSIF conditions[i] = 1 THEN
            INSERT INTO ocpp_rows VALUES (kinds[i], keys[i], vals[i]) ON CONFLICT DO NOTHING;
        ELSIF vals[i] IS NULL THEN
            DELETE FROM ocpp_rows WHERE kind = kinds[i] AND key = keys[i] AND value = expected[i];
        ELSIF vals[i] = expected[i] THEN
            -- Nobody changes it before this transaction has ended.
            PERFORM 1 FROM ocpp_rows WHERE kind = kinds[i] AND key = keys[i] AND value = expected[i] FOR SHARE;
        ELSE
            UPDATE ocpp_rows SET value = vals[i] WHERE kind = kinds[i] AND key = keys[i] AND value = expected[i];
        END IF;
        IF NOT FOUND THEN
            RETURN '!' || i;
        END IF;
    END LOOP;
    RETURN pg_current_xact_id()::text;
END
$$;
