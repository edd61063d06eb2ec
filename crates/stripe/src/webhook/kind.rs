//! The types of events that are acted upon.
//! Follows Stripe's "Types of events".
//! Invariant: each says only that something of its customer or subscription changed.

use crate::named::named;

named! {
    /// What an event is about.
    pub enum EventKind {
        /// A person went through Checkout.
        CheckoutSessionCompleted = "checkout.session.completed",
        /// A payment that takes days came through.
        CheckoutSessionAsyncPaymentSucceeded = "checkout.session.async_payment_succeeded",
        /// A payment that takes days did not.
        CheckoutSessionAsyncPaymentFailed = "checkout.session.async_payment_failed",
        /// Nobody came in time.
        CheckoutSessionExpired = "checkout.session.expired",
        /// A subscription began.
        SubscriptionCreated = "customer.subscription.created",
        /// It changed: status, period, price or end.
        SubscriptionUpdated = "customer.subscription.updated",
        /// It ended.
        SubscriptionDeleted = "customer.subscription.deleted",
        /// Its trial ended without a card.
        SubscriptionPaused = "customer.subscription.paused",
        /// It goes on after a pause.
        SubscriptionResumed = "customer.subscription.resumed",
        /// Its trial ends in three days.
        SubscriptionTrialWillEnd = "customer.subscription.trial_will_end",
        /// An invoice is settled.
        InvoicePaid = "invoice.paid",
        /// A payment was declined.
        InvoicePaymentFailed = "invoice.payment_failed",
        /// The bank wants the person to confirm a payment.
        InvoicePaymentActionRequired = "invoice.payment_action_required",
        /// Stripe could not make out an invoice.
        InvoiceFinalizationFailed = "invoice.finalization_failed",
        /// Money went back.
        ChargeRefunded = "charge.refunded",
        /// A person contests a charge with their bank.
        ChargeDisputeCreated = "charge.dispute.created",
    }
}

impl EventKind {
    /// Whether the event's object is a subscription.
    pub(super) const fn is_of_subscription(self) -> bool {
        matches!(
            self,
            Self::SubscriptionCreated
                | Self::SubscriptionUpdated
                | Self::SubscriptionDeleted
                | Self::SubscriptionPaused
                | Self::SubscriptionResumed
                | Self::SubscriptionTrialWillEnd
        )
    }
}
