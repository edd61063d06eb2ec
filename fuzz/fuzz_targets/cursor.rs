//! Cursors of the list of transactions: none that was made up opens, and what opens
//! goes round with its own filter only.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| balance::fuzzing::cursor(bytes));
