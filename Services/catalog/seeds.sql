-- Sample data for an empty, migrated database: films, people, places across France, ratings and three weeks of
-- sessions around the day it is loaded on, so that it never goes stale.
--
-- Ids follow from a formula, so that the other services' samples may name them:
--   movies    100000000000000 + n, n from 1
--   places    200000000000000 + p, p from 1 to 8; the one room of each 210000000000000 + p
--   seats     220000000000000 + room * 1000 + n, n from 1, row by row from the front
--   sessions  300000000000000 + day * 1000 + p * 100 + slot; day 7 is today, 0 a week ago, 20 in thirteen days;
--             slots 1 to 4 begin at 11, 14, 17 and 20 o'clock and p % 4 quarters, local time, and show movie
--             1 + 6 * (day / 7) + (day * 3 + p * 5 + slot * 7) % 16
--             slot 90 of day 7 begins in one to two hours, whenever this is loaded, and shows movie 1; slots that would
--             overlap with it are left out, so only day 7 and its neighbours may have gaps
--   people    400000000000000 + n
--   ratings   500000000000000 + movie * 1000 + user
-- Users are identity's: 100000000000001 the customer, …2 the staff, …3 the admin; 100000000000101 to …140 are others.

INSERT INTO movies (id, title, description, poster, duration) VALUES
(100000000000001, 'The General', 'A Southern railway engineer loves his locomotive and Annabelle Lee, and loses both to Union spies in one afternoon. He gives chase alone, on foot, by handcar and at last by engine, with every stunt done for real and only once.', 'https://posters.marquee.example/the-general.jpg', 78),
(100000000000002, 'Nosferatu', 'A young clerk travels to the Carpathians to sell a house to Count Orlok, who falls for a portrait of the clerk''s wife. Where the Count''s ship lands, the rats go ashore first, and then the plague.', 'https://posters.marquee.example/nosferatu.jpg', 94),
(100000000000003, 'Metropolis', 'High above, the sons of the masters play in gardens; far below, the workers feed the machine. When the heir of the city follows Maria into the depths, an inventor gives her face to a robot that preaches revolt.', 'https://posters.marquee.example/metropolis.jpg', 153),
(100000000000004, 'Le Voyage dans la Lune', 'Six astronomers are fired from a cannon straight into the eye of the Moon, meet its inhabitants, who vanish in smoke when struck, and come home by falling off the edge.', 'https://posters.marquee.example/voyage-dans-la-lune.jpg', 15),
(100000000000005, 'Sherlock Jr.', 'A projectionist who studies to be a detective falls asleep at work, and walks into the film he is showing.', 'https://posters.marquee.example/sherlock-jr.jpg', 45),
(100000000000006, 'Das Cabinet des Dr. Caligari', 'At the fair of a crooked little town a showman wakes a sleepwalker who foretells the hour of a death, and it comes true by morning. Nothing in this town has a right angle, least of all the story.', 'https://posters.marquee.example/caligari.jpg', 77),
(100000000000007, 'The Phantom of the Opera', 'Beneath the Paris Opera lives a masked composer who will make a chorus girl its greatest voice, if she promises never to look at his face.', 'https://posters.marquee.example/phantom-of-the-opera.jpg', 93),
(100000000000008, 'Safety Last!', 'A country boy writes home that he runs the department store in which he sells cloth. To prove it to his fiancée he promises a crowd that a man will climb the building, and the climber does not turn up.', 'https://posters.marquee.example/safety-last.jpg', 74),
(100000000000009, 'Sunrise: A Song of Two Humans', 'A farmer, told by a woman from the city to drown his wife, rows her out on the lake and cannot do it. They flee to the city, by tram, and spend the day falling in love again.', 'https://posters.marquee.example/sunrise.jpg', 94),
(100000000000010, 'La Passion de Jeanne d''Arc', 'The trial of Joan of Arc in the words of its own record, told almost entirely in faces.', 'https://posters.marquee.example/jeanne-d-arc.jpg', 82),
(100000000000011, 'Battleship Potemkin', 'Sailors who are served maggots refuse to eat, and are sentenced to be shot. The mutiny reaches Odessa, and the steps that lead down to its harbour.', 'https://posters.marquee.example/potemkin.jpg', 74),
(100000000000012, 'The Gold Rush', 'A lone prospector finds a cabin in the snow, a boot for Thanksgiving dinner, a dance hall girl who forgets their New Year''s Eve, and in the end a mountain of gold.', 'https://posters.marquee.example/gold-rush.jpg', 95),
(100000000000013, 'The Kid', 'A tramp finds an abandoned baby in an alley and brings him up: five years later one of them breaks windows, and the other repairs them. A picture with a smile, and perhaps a tear.', 'https://posters.marquee.example/the-kid.jpg', 53),
(100000000000014, 'Faust', 'An archangel and the devil bet on the soul of an old scholar, who burns his books during a plague and signs for one day of youth. One day is not enough.', 'https://posters.marquee.example/faust.jpg', 107),
(100000000000015, 'Häxan', 'A lecture on witchcraft through the ages that keeps turning into what it talks about: sabbaths, inquisitors, possessed convents, and a devil played by the director himself.', 'https://posters.marquee.example/haxan.jpg', 105),
(100000000000016, 'Man with a Movie Camera', 'From dawn to dusk in a Soviet city, without actors, titles or story: a cameraman, an editor, an audience, and everything a camera can do.', 'https://posters.marquee.example/movie-camera.jpg', 68),
(100000000000017, 'Entr''acte', 'A cannon on the roofs of Paris, a bearded ballerina seen from below, a hearse drawn by a camel, and the mourners who have to run after it.', NULL, 22),
(100000000000018, 'The Lost World', 'Professor Challenger takes a reporter, a rival and a skeptic up a plateau in the Amazon where the dinosaurs have not heard that they are extinct, and brings one of them back to London.', 'https://posters.marquee.example/lost-world.jpg', 106),
(100000000000019, 'Un chapeau de paille d''Italie', 'On the way to his wedding Fadinard''s horse eats the straw hat of a lady who cannot go home without it. He has until the evening to find another, with the whole wedding party behind him.', 'https://posters.marquee.example/chapeau-de-paille.jpg', 105),
(100000000000020, 'The Night Projectionist', 'For thirty years Odile has shown films to an empty house at two in the morning, because the contract says so. One night somebody buys a ticket.', 'https://posters.marquee.example/night-projectionist.jpg', 112),
(100000000000021, 'Salt and Semaphore', 'Two lighthouse keepers who have never met have played chess by lamp across the bay for nine winters. Then one of them stops answering, a move away from mate.', 'https://posters.marquee.example/salt-and-semaphore.jpg', 98),
(100000000000022, 'Le Dernier Tramway', 'The night before the line is closed, its driver refuses to go back to the depot, and nobody on board wants to get off.', 'https://posters.marquee.example/dernier-tramway.jpg', 101),
(100000000000023, 'The Cartographer''s Daughter', 'Her father drew an island that is not there, to catch whoever copied his maps. When a survey ship comes back with soundings of its harbour, she signs on.', 'https://posters.marquee.example/cartographers-daughter.jpg', 124),
(100000000000024, 'Comète', 'A village in the Auvergne has eleven months to decide what to do about a small comet that will land, all calculations agree, on the football pitch.', 'https://posters.marquee.example/comete.jpg', 96),
(100000000000025, 'A Quiet Arithmetic', 'Ada keeps the books of a family that steals paintings. She finds the one entry that does not add up, and it is her own name.', 'https://posters.marquee.example/quiet-arithmetic.jpg', 109),
(100000000000026, 'Les Heures claires', 'A glazier replaces the windows of a hospital ward, one pane a day, and the patients bet on what they will see.', NULL, 88),
(100000000000027, 'Understudies', 'The whole cast of a touring Hamlet falls ill between Lyon and Avignon, and the bus driver knows the play by heart.', 'https://posters.marquee.example/understudies.jpg', 103),
(100000000000028, 'The Weight of Feathers', 'A retired weightlifter inherits forty homing pigeons and a debt, and learns that the birds have been carrying more than letters.', 'https://posters.marquee.example/weight-of-feathers.jpg', 117),
(100000000000029, 'Napoléon', 'From a snowball fight at school to the gates of Italy, with the camera on horseback, on a swing and finally on three screens at once. With two intervals.', 'https://posters.marquee.example/napoleon.jpg', 330),
(100000000000030, 'North of the Timetable', 'A stationmaster beyond the Arctic Circle goes on announcing a train that was abolished in 1974. On the first of December it arrives.', 'https://posters.marquee.example/north-of-the-timetable.jpg', 107),
(100000000000031, 'Paper Lanterns, Iron Boats', 'Three sisters restore a river barge to bring their mother''s restaurant to her, since she will not come to it. Coming in spring.', 'https://posters.marquee.example/paper-lanterns.jpg', 119),
(100000000000032, 'L''Horloger de Besançon', 'Every clock in the town stops at the same second except one, and its maker is asked to explain. Coming in spring.', NULL, 94),
(100000000000033, 'Echo Location', 'A blind sound engineer recognises, in the background of an advertisement, the room in which her brother disappeared.', 'https://posters.marquee.example/echo-location.jpg', 111),
(100000000000034, 'The Second Violin', 'Four musicians, one winter, one hall without heating, and a quartet that was written for five.', NULL, 92),
(100000000000035, 'Mistral', 'The wind has blown for forty days and the whole of a street has stopped sleeping. On the forty-first somebody proposes to put it on trial.', 'https://posters.marquee.example/mistral.jpg', 99),
(100000000000036, 'Gardeners of the Moon', 'The first greenhouse on the far side is run by two botanists who have agreed on nothing for twenty years but the tomatoes.', 'https://posters.marquee.example/gardeners-of-the-moon.jpg', 128);

INSERT INTO people (id, name) VALUES
(400000000000001, 'Buster Keaton'), (400000000000002, 'Clyde Bruckman'), (400000000000003, 'Marion Mack'),
(400000000000004, 'F. W. Murnau'), (400000000000005, 'Max Schreck'), (400000000000006, 'Greta Schröder'),
(400000000000007, 'Gustav von Wangenheim'), (400000000000008, 'Fritz Lang'), (400000000000009, 'Brigitte Helm'),
(400000000000010, 'Gustav Fröhlich'), (400000000000011, 'Alfred Abel'), (400000000000012, 'Georges Méliès'),
(400000000000013, 'Bleuette Bernon'), (400000000000014, 'Kathryn McGuire'), (400000000000015, 'Robert Wiene'),
(400000000000016, 'Werner Krauss'), (400000000000017, 'Conrad Veidt'), (400000000000018, 'Lil Dagover'),
(400000000000019, 'Rupert Julian'), (400000000000020, 'Lon Chaney'), (400000000000021, 'Mary Philbin'),
(400000000000022, 'Fred C. Newmeyer'), (400000000000023, 'Sam Taylor'), (400000000000024, 'Harold Lloyd'),
(400000000000025, 'Mildred Davis'), (400000000000026, 'Janet Gaynor'), (400000000000027, 'George O''Brien'),
(400000000000028, 'Carl Theodor Dreyer'), (400000000000029, 'Renée Falconetti'), (400000000000030, 'Sergei Eisenstein'),
(400000000000031, 'Aleksandr Antonov'), (400000000000032, 'Charlie Chaplin'), (400000000000033, 'Georgia Hale'),
(400000000000034, 'Jackie Coogan'), (400000000000035, 'Edna Purviance'), (400000000000036, 'Gösta Ekman'),
(400000000000037, 'Emil Jannings'), (400000000000038, 'Camilla Horn'), (400000000000039, 'Benjamin Christensen'),
(400000000000040, 'Dziga Vertov'), (400000000000041, 'Mikhail Kaufman'), (400000000000042, 'René Clair'),
(400000000000043, 'Harry O. Hoyt'), (400000000000044, 'Wallace Beery'), (400000000000045, 'Bessie Love'),
(400000000000046, 'Albert Préjean'), (400000000000047, 'Abel Gance'), (400000000000048, 'Albert Dieudonné'),
(400000000000049, 'Maud Kerbrat'), (400000000000050, 'Idriss Valmont'), (400000000000051, 'Solène Arrighi'),
(400000000000052, 'Tobias Lindqvarn'), (400000000000053, 'Noor Abidallah'), (400000000000054, 'Père-Yves Quintin'),
(400000000000055, 'Hélène Osmanski'), (400000000000056, 'Dara Okonweli'), (400000000000057, 'Lucien Trémazan'),
(400000000000058, 'Mireille Castagnol');

INSERT INTO people_names (people_names) VALUES ('rebuild');

INSERT INTO credits (movie_id, role, position, person_id, part)
SELECT 100000000000000 + column1, column2, column3, 400000000000000 + column4, column5
FROM (VALUES
    (1, 'director', 0, 1, NULL), (1, 'director', 1, 2, NULL),
    (1, 'star', 0, 1, 'Johnnie Gray'), (1, 'star', 1, 3, 'Annabelle Lee'),
    (2, 'director', 0, 4, NULL), (2, 'star', 0, 5, 'Count Orlok'), (2, 'star', 1, 6, 'Ellen Hutter'),
    (2, 'star', 2, 7, 'Thomas Hutter'),
    (3, 'director', 0, 8, NULL), (3, 'star', 0, 9, 'Maria'), (3, 'star', 1, 10, 'Freder'),
    (3, 'star', 2, 11, 'Joh Fredersen'),
    (4, 'director', 0, 12, NULL), (4, 'star', 0, 12, 'Professeur Barbenfouillis'), (4, 'star', 1, 13, 'Phœbé'),
    (5, 'director', 0, 1, NULL), (5, 'star', 0, 1, 'The projectionist'), (5, 'star', 1, 14, 'The girl'),
    (6, 'director', 0, 15, NULL), (6, 'star', 0, 16, 'Dr. Caligari'), (6, 'star', 1, 17, 'Cesare'),
    (6, 'star', 2, 18, 'Jane'),
    (7, 'director', 0, 19, NULL), (7, 'star', 0, 20, 'Erik, the Phantom'), (7, 'star', 1, 21, 'Christine Daaé'),
    (8, 'director', 0, 22, NULL), (8, 'director', 1, 23, NULL),
    (8, 'star', 0, 24, 'The boy'), (8, 'star', 1, 25, 'The girl'),
    (9, 'director', 0, 4, NULL), (9, 'star', 0, 26, 'The wife'), (9, 'star', 1, 27, 'The man'),
    (10, 'director', 0, 28, NULL), (10, 'star', 0, 29, 'Jeanne d''Arc'),
    (11, 'director', 0, 30, NULL), (11, 'star', 0, 31, 'Vakulinchuk'),
    (12, 'director', 0, 32, NULL), (12, 'star', 0, 32, 'The lone prospector'), (12, 'star', 1, 33, 'Georgia'),
    (13, 'director', 0, 32, NULL), (13, 'star', 0, 32, 'A tramp'), (13, 'star', 1, 34, 'The child'),
    (13, 'star', 2, 35, 'The woman'),
    (14, 'director', 0, 4, NULL), (14, 'star', 0, 36, 'Faust'), (14, 'star', 1, 37, 'Mephisto'),
    (14, 'star', 2, 38, 'Gretchen'),
    (15, 'director', 0, 39, NULL), (15, 'star', 0, 39, 'The Devil'),
    (16, 'director', 0, 40, NULL), (16, 'star', 0, 41, 'The cameraman'),
    (17, 'director', 0, 42, NULL),
    (18, 'director', 0, 43, NULL), (18, 'star', 0, 44, 'Professor Challenger'), (18, 'star', 1, 45, 'Paula White'),
    (19, 'director', 0, 42, NULL), (19, 'star', 0, 46, 'Fadinard'),
    (20, 'director', 0, 49, NULL), (20, 'star', 0, 51, 'Odile'), (20, 'star', 1, 50, 'The visitor'),
    (21, 'director', 0, 52, NULL), (21, 'star', 0, 56, 'The keeper of the north light'),
    (21, 'star', 1, 57, 'The keeper of the south light'),
    (22, 'director', 0, 54, NULL), (22, 'star', 0, 57, 'The driver'), (22, 'star', 1, 58, 'The inspector'),
    (23, 'director', 0, 53, NULL), (23, 'star', 0, 55, 'Inès'), (23, 'star', 1, 50, 'The captain'),
    (24, 'director', 0, 58, NULL), (24, 'star', 0, 57, 'The mayor'),
    (25, 'director', 0, 56, NULL), (25, 'star', 0, 53, 'Ada'),
    (26, 'director', 0, 49, NULL), (26, 'star', 0, 54, 'The glazier'),
    (27, 'director', 0, 50, NULL), (27, 'star', 0, 56, 'The driver'), (27, 'star', 1, 51, 'Ophelia'),
    (28, 'director', 0, 52, NULL), (28, 'star', 0, 57, 'Armand'),
    (29, 'director', 0, 47, NULL), (29, 'star', 0, 48, 'Napoléon Bonaparte'),
    (30, 'director', 0, 52, NULL), (30, 'star', 0, 55, 'The stationmaster'),
    (33, 'director', 0, 53, NULL), (33, 'star', 0, 51, 'Claire'),
    (36, 'director', 0, 49, NULL), (36, 'star', 0, 58, 'Dr. Ferrand'), (36, 'star', 1, 50, 'Dr. Amari')
);

INSERT INTO places (id, name, address, city, time_zone) VALUES
(200000000000001, 'Marquee Paris Martyrs', '12 rue des Martyrs, 75009 Paris', 'Paris', 'Europe/Paris'),
(200000000000002, 'Marquee Lyon Terreaux', '8 rue Sainte-Catherine, 69001 Lyon', 'Lyon', 'Europe/Paris'),
(200000000000003, 'Marquee Marseille Vieux-Port', '41 quai du Port, 13002 Marseille', 'Marseille', 'Europe/Paris'),
(200000000000004, 'Marquee Bordeaux Chartrons', '27 rue Notre-Dame, 33000 Bordeaux', 'Bordeaux', 'Europe/Paris'),
(200000000000005, 'Marquee Lille Vieux-Lille', '55 rue de la Monnaie, 59800 Lille', 'Lille', 'Europe/Paris'),
(200000000000006, 'Marquee Strasbourg Krutenau', '19 rue de Zurich, 67000 Strasbourg', 'Strasbourg', 'Europe/Paris'),
(200000000000007, 'Marquee Nantes Graslin', '3 rue Scribe, 44000 Nantes', 'Nantes', 'Europe/Paris'),
(200000000000008, 'Marquee Toulouse Carmes', '14 rue des Filatiers, 31000 Toulouse', 'Toulouse', 'Europe/Paris');

-- Those of Marseille, Strasbourg and Toulouse are seated: 320, 120 and 60 seats.
INSERT INTO rooms (id, place_id, name, capacity, seated)
SELECT 210000000000000 + column1, 200000000000000 + column1, 'Salle 1', column2, column1 IN (3, 6, 8)
FROM (VALUES (1, 400), (2, 260), (3, 320), (4, 180), (5, 150), (6, 120), (7, 90), (8, 60));

-- Their plans: so many rows from a letter on, each with so many seats left of an aisle, between two, and right of the
-- other; every block is as wide as its longest row, and shorter rows keep to the aisle. Seats are numbered from the left.
INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
WITH RECURSIVE
plans (room, first, count, left, middle, right) AS (VALUES
    (3, 0, 2, 4, 8, 4), (3, 2, 14, 5, 10, 5), (3, 16, 1, 0, 8, 0),
    (6, 0, 2, 5, 0, 5), (6, 2, 7, 6, 0, 6), (6, 9, 1, 8, 0, 8),
    (8, 0, 1, 2, 0, 6), (8, 1, 4, 3, 0, 8), (8, 5, 1, 2, 0, 6)
),
-- Where wheelchairs stand, and who comes along sits.
bays (room, y, number, kind) AS (VALUES
    (3, 0, 1, 'wheelchair'), (3, 0, 2, 'companion'), (3, 0, 15, 'companion'), (3, 0, 16, 'wheelchair'),
    (3, 16, 1, 'wheelchair'), (3, 16, 2, 'companion'), (3, 16, 7, 'companion'), (3, 16, 8, 'wheelchair'),
    (6, 0, 1, 'wheelchair'), (6, 0, 2, 'companion'), (6, 0, 9, 'companion'), (6, 0, 10, 'wheelchair'),
    (8, 0, 1, 'wheelchair'), (8, 0, 2, 'companion')
),
widths (room, left, middle) AS (SELECT room, max(left), max(middle) FROM plans GROUP BY room),
lines (room, y, left, middle, right, last) AS (
    SELECT room, first, left, middle, right, first + count - 1 FROM plans
    UNION ALL SELECT room, y + 1, left, middle, right, last FROM lines WHERE y < last
),
places (room, y, number, left, middle, count) AS (
    SELECT room, y, 1, left, middle, left + middle + right FROM lines
    UNION ALL SELECT room, y, number + 1, left, middle, count FROM places WHERE number < count
)
SELECT 220000000000000 + p.room * 1000 + row_number() OVER (PARTITION BY p.room ORDER BY p.y, p.number),
    210000000000000 + p.room, char(65 + p.y), p.number, coalesce(b.kind, 'standard'),
    CASE
        WHEN p.number <= p.left THEN w.left - p.left + p.number
        WHEN p.number <= p.left + p.middle THEN w.left + 1 + (w.middle - p.middle) / 2.0 + p.number - p.left
        ELSE w.left + w.middle + 1 + (w.middle > 0) + p.number - p.left - p.middle
    END, p.y
FROM places p JOIN widths w ON w.room = p.room LEFT JOIN bays b ON b.room = p.room AND b.y = p.y AND b.number = p.number;

-- Soon, in every place.
INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
SELECT 300000000007090 + (r.id % 100) * 100, 100000000000001, r.id, r.place_id,
    ((unixepoch() / 900 + 5 + r.id % 4) * 900) * 1000, r.capacity
FROM rooms r;

-- The programme. Paris is two hours ahead of UTC from the last Sunday of March to the last of October, otherwise one.
WITH
days (day, date) AS (
    SELECT value, date('now', '+1 hour', (value - 7) || ' days')
    FROM (WITH RECURSIVE d (value) AS (VALUES (0) UNION ALL SELECT value + 1 FROM d WHERE value < 20) SELECT value FROM d)
),
offsets (day, midnight) AS (
    SELECT day, unixepoch(date) - 3600 * iif(
        date >= date(strftime('%Y', date) || '-03-31', '-6 days', 'weekday 0')
        AND date < date(strftime('%Y', date) || '-10-31', '-6 days', 'weekday 0'), 2, 1)
    FROM days
),
slots (slot, hour) AS (VALUES (1, 11), (2, 14), (3, 17), (4, 20)),
programme (id, movie_id, room_id, place_id, starts_at, allocation) AS (
    SELECT 300000000000000 + day * 1000 + (r.id % 100) * 100 + slot,
        100000000000001 + 6 * (day / 7) + (day * 3 + r.id % 100 * 5 + slot * 7) % 16,
        r.id, r.place_id, (midnight + hour * 3600 + r.id % 4 * 900) * 1000, r.capacity
    FROM offsets, slots, rooms r
)
INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
SELECT p.id, p.movie_id, p.room_id, p.place_id, p.starts_at, p.allocation
FROM programme p JOIN movies m ON m.id = p.movie_id
WHERE NOT EXISTS (
    SELECT 1 FROM sessions s JOIN movies sm ON sm.id = s.movie_id
    WHERE s.room_id = p.room_id AND s.id % 100 = 90
        -- With twenty minutes between the end of one and the start of the next.
        AND s.starts_at < p.starts_at + (m.duration + 20) * 60000
        AND p.starts_at < s.starts_at + (sm.duration + 20) * 60000);

-- Every film has its own reputation, and every visitor an own taste. Some films nobody has rated.
WITH RECURSIVE
users (id) AS (
    VALUES (1), (2), (3)
    UNION ALL
    SELECT iif(id = 3, 101, id + 1) FROM users WHERE id >= 3 AND id < 140
),
taste (movie, user, value) AS (
    SELECT m.id % 1000, u.id, 2 + (m.id % 1000 * 7 % 6) / 2.0 + (u.id * (m.id % 1000) % 5 - 2) / 2.0
    FROM movies m, users u
    WHERE (u.id * 13 + m.id % 1000 * 29) % 7 < 1 + m.id % 6
)
INSERT INTO ratings (id, movie_id, user_id, value)
SELECT 500000000000000 + movie * 1000 + user, 100000000000000 + movie, 100000000000000 + user, min(5, max(0, value))
FROM taste
WHERE movie NOT IN (17, 26, 31, 32, 35, 36);

-- Strasbourg has prices, of the place and so of its sessions; the others have none, and their bookings cost nothing.
INSERT INTO tariffs (place_id, position, name, amount, currency, condition) VALUES
(200000000000006, 0, 'full', 1150, 'EUR', ''),
(200000000000006, 1, 'reduced', 850, 'EUR', 'Students, job seekers and over 65, with proof.'),
(200000000000006, 2, 'child', 550, 'EUR', 'Under 14.');

INSERT INTO tariffs (session_id, position, name, amount, currency, condition)
SELECT s.id, t.position, t.name, t.amount, t.currency, t.condition
FROM sessions s JOIN tariffs t ON t.place_id = s.place_id ORDER BY s.id, t.position;
