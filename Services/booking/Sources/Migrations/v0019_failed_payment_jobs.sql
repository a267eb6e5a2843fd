-- They are counted four times a second, among the jobs of every payment there ever was.
CREATE INDEX payment_jobs_failed ON payment_jobs (id) WHERE state = 'failed';
