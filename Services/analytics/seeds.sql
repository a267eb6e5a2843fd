-- Two sample visits of the past week: one visitor who signed in, and one who did not. Dates are relative to the moment
-- this is loaded.

INSERT INTO events (id, tracking_id, type, scheme, path, query, user_id, received_at)
VALUES
    (400000000000001, 'visit-1', 'page_enter', 'https', '/', '{}', NULL, (unixepoch() - 172800) * 1000),
    (400000000000002, 'visit-1', 'page_exit', 'https', '/', '{}', NULL, (unixepoch() - 172790) * 1000),
    (400000000000003, 'visit-1', 'page_enter', 'https', '/movies', '{"sort":"new"}', 100000000000001,
     (unixepoch() - 172790) * 1000),
    (400000000000004, 'visit-1', 'page_exit', 'https', '/movies', '{"sort":"new"}', 100000000000001,
     (unixepoch() - 172700) * 1000),
    (400000000000005, 'visit-2', 'page_enter', 'https', '/movies', '{"genre":["drama","romance"]}', NULL,
     (unixepoch() - 86400) * 1000),
    (400000000000006, 'visit-2', 'page_exit', 'https', '/movies', '{"genre":["drama","romance"]}', NULL,
     (unixepoch() - 86370) * 1000);
