//! What a person says of a transaction: a category of her own, a note, tags.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    banking::{AnnotationChange, Said},
    problem::{FieldError, Problem, Result},
    text::nfc,
};

const MAX_CATEGORY: usize = 64;
const MAX_NOTE: usize = 500;
const MAX_TAGS: usize = 20;
const MAX_TAG: usize = 40;

/// What is to change (RFC 7396): a member that is left out stays, null takes it back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnnotationRequest {
    /// A category of your own, in place of Plaid's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Coffee with Ada")]
    corrected_category: Said,
    /// Your own words.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "Paid for both of us")]
    note: Said,
    /// Your own tags, all of them: no two alike, 40 characters each at most.
    #[serde(default, deserialize_with = "given_tags")]
    #[schema(max_items = 20, example = json!(["friends"]))]
    tags: Option<Vec<String>>,
}

/// Null takes back what was said; a member that is not there is not read at all.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Said, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.map_or(Said::Nothing, |text| Said::This(nfc(&text))))
}

/// Null takes all of them back.
fn given_tags<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Vec<String>>, D::Error> {
    let tags: Option<Vec<String>> = Option::deserialize(deserializer)?;
    Ok(Some(tags.unwrap_or_default()))
}

impl AnnotationRequest {
    pub(super) fn check(self) -> Result<AnnotationChange> {
        let is_same = |said: &Said| matches!(said, Said::Same);
        if is_same(&self.corrected_category) && is_same(&self.note) && self.tags.is_none() {
            return Err(Problem::invalid_field(
                "corrected_category",
                "missing",
                "Send this, `note` or `tags`.",
            ));
        }
        let mut errors = Vec::new();
        let mut refuse = |field: &'static str, code, message: &'static str| {
            errors.push(FieldError {
                field: field.into(),
                code,
                message: message.into(),
            });
        };
        if !is_short(&self.corrected_category, MAX_CATEGORY) {
            refuse(
                "corrected_category",
                "length",
                "This takes 1 to 64 characters, or null.",
            );
        }
        if !is_short(&self.note, MAX_NOTE) {
            refuse("note", "length", "This takes 1 to 500 characters, or null.");
        }
        let tags: Option<Vec<String>> = self
            .tags
            .map(|tags| tags.iter().map(|tag| nfc(tag)).collect());
        if let Some(message) = wrong_tags(tags.as_deref().unwrap_or_default()) {
            refuse("tags", "tags_invalid", message);
        }
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        Ok(AnnotationChange {
            category: self.corrected_category,
            note: self.note,
            tags,
        })
    }
}

fn is_short(said: &Said, most: usize) -> bool {
    match said {
        Said::This(text) => is_text(text, most),
        Said::Same | Said::Nothing => true,
    }
}

fn is_text(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && !text.trim().is_empty()
}

fn wrong_tags(tags: &[String]) -> Option<&'static str> {
    let is_tag = |tag: &String| is_text(tag, MAX_TAG);
    let is_new = |(at, tag): (usize, &String)| !tags.iter().take(at).any(|other| other == tag);
    if tags.len() > MAX_TAGS {
        Some("This takes 20 tags at most.")
    } else if !tags.iter().all(is_tag) {
        Some("A tag has 1 to 40 characters.")
    } else if !tags.iter().enumerate().all(is_new) {
        Some("No two tags are alike.")
    } else {
        None
    }
}
