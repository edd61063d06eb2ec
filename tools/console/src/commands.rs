//! The closed set: each command that an operator has, once. Help, the reading of arguments and
//! the request all come from here; the service has the same set, and the last word.

use consent::Field;

use crate::arguments::{
    Argument,
    Count::{AtMostOne, One, Several},
    Kind::{self, Choice, Email, Flag, Given, Id, Number, Text},
};

/// One command.
pub(crate) struct Command {
    /// What it is about, and the first word that is typed.
    pub(crate) noun: &'static str,
    /// What it does, and the second.
    pub(crate) verb: &'static str,
    /// One line for the lists.
    pub(crate) summary: &'static str,
    /// What it reads, and how much of that.
    pub(crate) reads: &'static str,
    /// What is another afterwards; none where nothing is.
    pub(crate) changes: Option<&'static str>,
    /// What is masked without a consent.
    pub(crate) sensitive: &'static [Field],
    pub(crate) arguments: &'static [Argument],
    /// What may be typed after `balance-console`.
    pub(crate) example: &'static str,
}

impl Command {
    /// Its name in a request, and in the audit log.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.noun, self.verb)
    }

    /// By what is typed.
    pub(crate) fn find(noun: &str, verb: &str) -> Option<&'static Self> {
        COMMANDS
            .iter()
            .find(|command| command.noun == noun && command.verb == verb)
    }

    /// All that are about something.
    pub(crate) fn about(noun: &str) -> Vec<&'static Self> {
        let is_about = |command: &&Self| command.noun == noun;
        COMMANDS.iter().filter(is_about).collect()
    }
}

const USER: Argument = word("user", Id(&["usr_"]), "whose");
const ITEM: Argument = word("item", Id(&["item_"]), "the connection to a bank");
const CONSENT: Argument = word("consent", Id(&["cns_"]), "which consent");

const fn word(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument {
        name,
        is_word: true,
        count: One,
        kind,
        about,
    }
}

const fn option(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument {
        name,
        is_word: false,
        count: AtMostOne,
        kind,
        about,
    }
}

const fn required(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument {
        count: One,
        ..option(name, kind, about)
    }
}

const fn several(name: &'static str, most: usize, kind: Kind, about: &'static str) -> Argument {
    Argument {
        count: Several(most),
        ..option(name, kind, about)
    }
}

const CURSOR: Argument = option("cursor", Given, "where the last page ended");

/// All of them, as `--help` lists them.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        noun: "user",
        verb: "find",
        summary: "a person's id, by her email",
        reads: "whether someone signs in with this address",
        changes: None,
        sensitive: &[],
        arguments: &[word(
            "email",
            Email,
            "the whole address; there is no search",
        )],
        example: "user find ada@example.com",
    },
    Command {
        noun: "user",
        verb: "show",
        summary: "a person: who she is, since when, by which factors",
        reads: "her account's row",
        changes: None,
        sensitive: &[Field::UserEmail, Field::UserName],
        arguments: &[USER],
        example: "user show usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "user",
        verb: "delete",
        summary: "delete a person's account; takes two operators",
        reads: "whether she exists",
        changes: Some(
            "without --proposal only a proposal, for another operator to confirm within fifteen \
             minutes; with it her account and all of her data are deleted, for good",
        ),
        sensitive: &[],
        arguments: &[
            USER,
            option(
                "proposal",
                Given,
                "the other operator's proposal, which this confirms",
            ),
        ],
        example: "user delete usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "item",
        verb: "list",
        summary: "a person's connections to banks",
        reads: "her connections, and the names of their accounts",
        changes: None,
        sensitive: &[
            Field::ItemInstitution,
            Field::AccountName,
            Field::AccountBalance,
        ],
        arguments: &[USER],
        example: "item list usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "item",
        verb: "status",
        summary: "how a connection's syncs go",
        reads: "when it was synced last, its next try, its errors; nothing from the bank",
        changes: None,
        sensitive: &[],
        arguments: &[ITEM],
        example: "item status item_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "item",
        verb: "resync",
        summary: "have a connection synced now",
        reads: "nothing that it shows",
        changes: Some("a sync is enqueued; her data is what the bank says, as after any sync"),
        sensitive: &[],
        arguments: &[ITEM],
        example: "item resync item_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "transaction",
        verb: "list",
        summary: "an account's transactions, newest first",
        reads: "up to 100 transactions of one account",
        changes: None,
        sensitive: &[
            Field::TransactionDate,
            Field::TransactionAmount,
            Field::TransactionName,
            Field::TransactionCategory,
            Field::TransactionNote,
        ],
        arguments: &[
            USER,
            word("account", Id(&["acct_"]), "as `item list` shows it"),
            option("limit", Number(1, 100), "how many"),
        ],
        example: "transaction list usr_01a203df58237212995e612c1c533cad \
                  acct_95a367308c64e64d067b2db1a1170eb7 --limit 20",
    },
    Command {
        noun: "subscription",
        verb: "show",
        summary: "what a person is subscribed to",
        reads: "her subscription, as Stripe last said",
        changes: None,
        sensitive: &[Field::SubscriptionPlan],
        arguments: &[USER],
        example: "subscription show usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "session",
        verb: "list",
        summary: "where a person is signed in",
        reads: "her sessions",
        changes: None,
        sensitive: &[Field::SessionOrigin],
        arguments: &[USER],
        example: "session list usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "session",
        verb: "revoke",
        summary: "sign a person's session out",
        reads: "nothing that it shows",
        changes: Some("the session ends; she signs in again"),
        sensitive: &[],
        arguments: &[
            word("session", Id(&["ses_"]), "which"),
            required("user", Id(&["usr_"]), "whose it is"),
        ],
        example: "session revoke ses_01a203df582374e483c2dfc7818c8ec2 --user usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "consent",
        verb: "request",
        summary: "ask a person to let you see some fields",
        reads: "whether the resources are hers",
        changes: Some("she gets a mail, and may sign the request with her passkey or decline it"),
        sensitive: &[],
        arguments: &[
            USER,
            several(
                "resources",
                32,
                Id(&["usr_", "item_", "acct_", "txn_"]),
                "of what: herself, a connection, an account, a transaction; repeat it for more",
            ),
            several(
                "fields",
                12,
                Kind::Field,
                "which fields; repeat it for more",
            ),
            required(
                "purpose",
                Text(500),
                "why, in words that she reads before she signs",
            ),
            required("hours", Number(1, 72), "how long it holds once she signed"),
            required("uses", Number(1, 100), "for how many commands"),
        ],
        example: "consent request usr_01a203df58237212995e612c1c533cad \
                  --resource acct_95a367308c64e64d067b2db1a1170eb7 --field transaction.amount \
                  --field transaction.date --purpose 'The transfer of 3 March is missing: we look \
                  for it.' --hours 24 --uses 3",
    },
    Command {
        noun: "consent",
        verb: "show",
        summary: "where a consent stands",
        reads: "a consent that you asked for: its state, what it names, its uses left",
        changes: None,
        sensitive: &[],
        arguments: &[CONSENT],
        example: "consent show cns_0199c1f2b7a47d3c8e5f60718293a4b5",
    },
    Command {
        noun: "operator",
        verb: "list",
        summary: "who is an operator, and in which role",
        reads: "the operators",
        changes: None,
        sensitive: &[],
        arguments: &[],
        example: "operator list",
    },
    Command {
        noun: "operator",
        verb: "grant",
        summary: "make someone an operator",
        reads: "whether someone signs in with this address",
        changes: Some(
            "she is an operator from now on, or has another role; a leaf of the log says so",
        ),
        sensitive: &[],
        arguments: &[
            word("email", Email, "the address of her own account here"),
            required("name", Text(100), "what persons and reviewers read"),
            required(
                "role",
                Choice(&["employee", "contractor", "auditor"]),
                "an auditor only reviews",
            ),
        ],
        example: "operator grant grace@example.com --name 'Grace Hopper' --role employee",
    },
    Command {
        noun: "operator",
        verb: "revoke",
        summary: "take someone's role away",
        reads: "the operators",
        changes: Some(
            "her console sessions end, and she opens no other; a leaf of the log says so",
        ),
        sensitive: &[],
        arguments: &[word("operator", Id(&["opr_"]), "whose")],
        example: "operator revoke opr_0199c1f2b7a47d3c8e5f60718293a4b7",
    },
    Command {
        noun: "review",
        verb: "list",
        summary: "sessions of the console, for their review",
        reads: "who opened a session, when, why, and whether it was reviewed",
        changes: None,
        sensitive: &[],
        arguments: &[
            option(
                "sensitive",
                Flag,
                "only those in which something was revealed",
            ),
            option("pending", Flag, "only those that nobody decided about"),
            CURSOR,
        ],
        example: "review list --pending",
    },
    Command {
        noun: "review",
        verb: "changes",
        summary: "what changed in a week beside the console",
        reads: "new versions of the service and of its keyring, and the log of the account it runs in",
        changes: None,
        sensitive: &[],
        arguments: &[
            option(
                "week",
                Text(10),
                "which, by its Monday (2026-11-23); this one without it",
            ),
            CURSOR,
        ],
        example: "review changes --week 2026-11-16",
    },
    Command {
        noun: "review",
        verb: "show",
        summary: "everything that was done in a session",
        reads: "its commands: which, when, with what outcome, which fields, under which consent",
        changes: None,
        sensitive: &[],
        arguments: &[word("session", Id(&["cse_"]), "a session of the console")],
        example: "review show cse_0199c1f2b7a47d3c8e5f60718293a4b9",
    },
    Command {
        noun: "review",
        verb: "decide",
        summary: "approve or flag a session that is not your own",
        reads: "the session",
        changes: Some("the decision is a leaf of the log, and the person concerned sees it"),
        sensitive: &[],
        arguments: &[
            word("session", Id(&["cse_"]), "a session of the console"),
            word(
                "decision",
                Choice(&["approved", "flagged"]),
                "flagged: someone has to look into it",
            ),
            option("note", Text(1_000), "why"),
        ],
        example: "review decide cse_0199c1f2b7a47d3c8e5f60718293a4b9 approved --note 'as the ticket says'",
    },
    Command {
        noun: "auditor",
        verb: "invite",
        summary: "a token for an auditor from outside",
        reads: "nothing",
        changes: Some("prints a token that may read reviews, for a week; hand it over in person"),
        sensitive: &[],
        arguments: &[word("name", Text(100), "whom it is for")],
        example: "auditor invite 'Example Audits, J. Doe'",
    },
    Command {
        noun: "keys",
        verb: "status",
        summary: "how many keys are wrapped under which version of the keyring",
        reads: "versions and counts, a hundred keys at a time; no key",
        changes: None,
        sensitive: &[],
        arguments: &[CURSOR],
        example: "keys status",
    },
    Command {
        noun: "keys",
        verb: "rotate",
        summary: "give a person another key, and seal her rows under it",
        reads: "her rows, none of which it shows",
        changes: Some(
            "her rows are sealed under a new key, some hundreds at a time, and hold what they \
             held; go on with --cursor until there is none",
        ),
        sensitive: &[],
        arguments: &[USER, CURSOR],
        example: "keys rotate usr_01a203df58237212995e612c1c533cad",
    },
    Command {
        noun: "keys",
        verb: "rewrap",
        summary: "wrap keys of older versions under the current one",
        reads: "nothing that it shows",
        changes: Some(
            "people's keys are wrapped anew, a hundred at a time, and what they sealed stays; go \
             on with --cursor until there is none",
        ),
        sensitive: &[],
        arguments: &[CURSOR],
        example: "keys rewrap",
    },
];
