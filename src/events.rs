//! Work that no request waits for: queue messages and cron ticks.
