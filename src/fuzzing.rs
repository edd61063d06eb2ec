//! What the fuzz targets in `fuzz/` reach of the Worker. Only there when fuzzing.

/// Cursors: see `banking/history/cursor/law.rs`.
pub fn cursor(bytes: &[u8]) {
    crate::banking::cursor_law(bytes);
}
