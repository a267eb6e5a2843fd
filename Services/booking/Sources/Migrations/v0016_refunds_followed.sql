-- Money that goes back may take the bank some days, and may not arrive: it is looked at until it has.

-- The provider's name for a refund, once known. It is never asked for again then.
ALTER TABLE payment_jobs ADD COLUMN refund TEXT;
