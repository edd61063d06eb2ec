//! What a person's bank granted, held to read-only.
//! Follows the list of Plaid products; each product is a scope of access.
//! Invariant: a product that is not on the list, an unknown one included, is refused.

use thiserror::Error;

use crate::Code;

/// The products an Item may have. Plaid lists every product whose scopes were
/// consented to, so the add-ons of those we ask for are among them.
pub const READ_ONLY_PRODUCTS: [&str; 7] = [
    "transactions",
    "transactions_refresh",
    "recurring_transactions",
    "investments",
    "liabilities",
    "balance",
    "balance_plus",
];

/// The check after each link.
pub struct ReadOnlyGrant;

/// An Item was granted more than reading: remove it at once and say why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the bank granted more than read access: {}", names(products))]
pub struct Refused {
    /// What was granted beyond the list, each once, in the order received.
    pub products: Vec<Code>,
}

impl ReadOnlyGrant {
    /// Holds an Item's products and the products consented to against the list.
    ///
    /// # Errors
    /// [`Refused`], naming what is not on it.
    pub fn check<A, B>(
        products: impl IntoIterator<Item = A>,
        consented_products: impl IntoIterator<Item = B>,
    ) -> Result<(), Refused>
    where
        A: AsRef<str>,
        B: AsRef<str>,
    {
        let mut refused = Vec::new();
        let mut hold = |product: &str| {
            if !READ_ONLY_PRODUCTS.contains(&product) {
                let name = Code::new(product);
                if !refused.contains(&name) {
                    refused.push(name);
                }
            }
        };
        products
            .into_iter()
            .for_each(|product| hold(product.as_ref()));
        consented_products
            .into_iter()
            .for_each(|product| hold(product.as_ref()));
        if refused.is_empty() {
            Ok(())
        } else {
            Err(Refused { products: refused })
        }
    }
}

fn names(products: &[Code]) -> String {
    let names: Vec<&str> = products.iter().map(Code::as_str).collect();
    names.join(", ")
}
