//! Ways around the console, one file each: every one is stopped, and the log says that it was
//! tried.

mod a_login_passed_off_as_a_consent;
mod consent_of_another_operator;
mod consent_replayed;
mod consent_revoked;
mod expired_consent;
mod leaves_changed;
mod log_down;
mod raced_uses;
mod reveal_without_consent;
mod self_review;
mod self_service;
mod split_view;
mod swapped_leaves_of_a_consent;
mod uses_exceeded;
mod wrong_field;
mod wrong_person;
