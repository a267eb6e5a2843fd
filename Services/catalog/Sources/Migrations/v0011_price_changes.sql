-- The price that a session shall have once booking has agreed, beside its tariffs. What is under way keeps the price.

ALTER TABLE session_changes ADD COLUMN price_amount INTEGER CHECK (price_amount >= 0);
ALTER TABLE session_changes ADD COLUMN price_currency TEXT CHECK (price_currency GLOB '[A-Z][A-Z][A-Z]')
    CONSTRAINT price_in_a_currency CHECK ((price_amount IS NULL) = (price_currency IS NULL));

UPDATE session_changes SET (price_amount, price_currency) =
    (SELECT price_amount, price_currency FROM sessions WHERE sessions.id = session_changes.session_id);
