//! The keys of people, unwrapped: an isolate-wide cache (256 people, 60 s) and
//! the statements that fill it. The system's own keys have the same form under
//! the all-zero id and stay for the isolate's life.
//!
//! Invariant: a wrapped key is only ever deleted to shred what it sealed.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use lru::LruCache;
use vault::{BlindIndexer, DataKey, Generation, GenerationKeys, Keyring, RowCipher, UserId};
use zeroize::Zeroizing;

use super::{
    Database,
    engine::{EngineError, OnConflict, Rows, SealedBytes, Select, Statement, Value},
    months::Directory,
    table::{Table, index::Index},
};
use crate::{
    id::{PersonId, RowId},
    platform::{Timestamp, random},
    problem::{Problem, Result},
};

pub(super) const COLUMNS: &[&str] = &["gen", "wrapped"];
const KEPT: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");
const KEPT_SECONDS: i64 = 60;

/// One person's keys: generation 0 for her indexes, the others for her rows.
pub(crate) struct UserKeys {
    user: UserId,
    index: GenerationKeys,
    generations: BTreeMap<u16, Ciphers>,
    newest: u16,
    /// A row was met that is under a key which another isolate made: these are read anew.
    is_stale: AtomicBool,
    /// Opened together with the keys' first use, kept as long as they are.
    pub(super) directory: Mutex<Option<Arc<Directory>>>,
}

/// One generation's ciphers, expanded when first used.
struct Ciphers {
    keys: GenerationKeys,
    of_table: [OnceLock<RowCipher>; Table::COUNT],
}

impl UserKeys {
    pub(crate) const fn user(&self) -> UserId {
        self.user
    }

    /// The cipher that seals rows of `table` now.
    pub(super) fn cipher(&self, table: Table) -> Result<&RowCipher> {
        self.cipher_of(Generation(self.newest), table)
    }

    pub(super) fn cipher_of(&self, generation: Generation, table: Table) -> Result<&RowCipher> {
        let Some(ciphers) = self.generations.get(&generation.0) else {
            self.is_stale.store(true, Ordering::Relaxed);
            return Err(Problem::unavailable(
                "Your key was just changed; try again.",
                "a row of a generation without a key",
            ));
        };
        let slot = ciphers
            .of_table
            .get(table.index())
            .ok_or_else(|| Problem::internal("a table without a number"))?;
        Ok(slot.get_or_init(|| ciphers.keys.row_cipher(table.id())))
    }

    /// The generation that rows are sealed under now.
    pub(crate) const fn newest(&self) -> Generation {
        Generation(self.newest)
    }

    /// A blind index of one value.
    pub(crate) fn blind(&self, index: Index, value: &[u8]) -> RowId {
        RowId(self.index.blind_index(index.0.id(), index.1, value))
    }

    /// For many values of one index: the key schedule is computed once.
    pub(crate) fn indexer(&self, index: Index) -> BlindIndexer {
        self.index.indexer(index.0.id(), index.1)
    }

    /// From the wrapped rows of `user`. None where she has no keys: erased, or
    /// never there.
    fn unwrap(keyring: &Keyring, user: UserId, rows: &Rows) -> Result<Option<Self>> {
        let rows: Vec<(u16, SealedBytes)> = rows.all()?;
        let mut index = None;
        let mut generations = BTreeMap::new();
        for (generation, wrapped) in rows {
            let generation = Generation(generation);
            let key = keyring
                .unwrap(&wrapped.0, user, generation)
                .map_err(|_| Problem::internal("a wrapped key did not open"))?;
            let keys = GenerationKeys::derive(user, generation, &key);
            if generation == Generation::INDEX {
                index = Some(keys);
            } else {
                let of_table = [const { OnceLock::new() }; Table::COUNT];
                generations.insert(generation.0, Ciphers { keys, of_table });
            }
        }
        let newest = generations.keys().next_back().copied();
        Ok(index.zip(newest).map(|(index, newest)| Self {
            user,
            index,
            generations,
            newest,
            is_stale: AtomicBool::new(false),
            directory: Mutex::default(),
        }))
    }
}

/// The wrapped keys of a person whose id is known.
pub(crate) fn of_user(user: RowId) -> Statement {
    const OF: Select = Select {
        columns: COLUMNS,
        from: "FROM user_key WHERE user_id=?",
    };
    Statement::read(OF, [user.into()])
}

/// Everybody's wrapped keys behind a user's, in the order of users; none: from the first on.
pub(crate) fn after(user: Option<RowId>, limit: u32) -> Statement {
    const AFTER: Select = Select {
        columns: &["user_id", "gen", "wrapped"],
        from: "FROM user_key WHERE user_id>? ORDER BY user_id, gen LIMIT ?",
    };
    let user = user.map_or_else(|| "".into(), Value::from);
    Statement::read(AFTER, [user, limit.into()])
}

/// Puts the same key in its place, wrapped anew.
pub(crate) fn rewrap(user: RowId, generation: u16, wrapped: &[u8]) -> Statement {
    Statement::write(
        "UPDATE user_key SET wrapped=? WHERE user_id=? AND gen=?",
        [
            Value::Sealed(wrapped.to_vec()),
            user.into(),
            u32::from(generation).into(),
        ],
    )
}

/// Goes on only where `user` has keys, and holds them until the batch lands: whoever
/// was erased has none.
pub(crate) fn still_there(user: RowId) -> Statement {
    Statement::guard("FROM user_key WHERE user_id=? AND gen=0", [user.into()])
}

/// Shreds whatever was sealed for a person: her wrapped keys go.
pub(crate) fn shred(person: PersonId) -> Statement {
    Statement::write("DELETE FROM user_key WHERE user_id=?", [person.0.into()])
}

/// One more key for a person's rows. A second at once fails the batch.
pub(crate) fn add(keyring: &Keyring, user: UserId, generation: Generation) -> Result<Statement> {
    let key = DataKey::from_bytes(Zeroizing::new(random::bytes()?));
    let wrapped = keyring.wrap(&key, user, generation, random::bytes()?);
    Ok(Statement::insert(
        "user_key",
        &["user_id", "gen", "wrapped"],
        [
            RowId(*user.as_bytes()).into(),
            u32::from(generation.0).into(),
            Value::Sealed(wrapped.as_ref().to_vec()),
        ],
    ))
}

/// New keys for `user`: the rows to store, and the keys ready to use.
pub(crate) fn generate(keyring: &Keyring, user: UserId) -> Result<(Statement, UserKeys)> {
    let mut rows = Vec::with_capacity(2);
    let mut derived = Vec::with_capacity(2);
    for generation in [Generation::INDEX, Generation(1)] {
        let key = DataKey::from_bytes(Zeroizing::new(random::bytes()?));
        let wrapped = keyring.wrap(&key, user, generation, random::bytes()?);
        rows.push(vec![
            RowId(*user.as_bytes()).into(),
            Value::Integer(i64::from(generation.0)),
            Value::Sealed(wrapped.as_ref().to_vec()),
        ]);
        derived.push(GenerationKeys::derive(user, generation, &key));
    }
    let statement = Statement::insert_all(
        "user_key",
        &["user_id", "gen", "wrapped"],
        rows,
        // Two isolates may make the system's keys at once: the first stays.
        if user == UserId::SYSTEM {
            OnConflict::Keep
        } else {
            OnConflict::Fail
        },
    );
    let mut derived = derived.into_iter();
    let (Some(index), Some(keys)) = (derived.next(), derived.next()) else {
        return Err(Problem::internal("a generation was not derived"));
    };
    let of_table = [const { OnceLock::new() }; Table::COUNT];
    let generations = BTreeMap::from([(1, Ciphers { keys, of_table })]);
    Ok((
        statement,
        UserKeys {
            user,
            index,
            generations,
            newest: 1,
            is_stale: AtomicBool::new(false),
            directory: Mutex::default(),
        },
    ))
}

/// The isolate's cache.
pub(crate) struct KeyCache {
    keyring: Keyring,
    people: Mutex<LruCache<UserId, (Timestamp, Arc<UserKeys>)>>,
    system: OnceLock<Arc<UserKeys>>,
}

impl KeyCache {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            people: Mutex::new(LruCache::new(KEPT)),
            system: OnceLock::new(),
        }
    }

    pub(crate) const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// A person's keys, where this isolate unwrapped them within the last minute.
    pub(crate) fn warm(&self, user: UserId) -> Option<Arc<UserKeys>> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, keys) = people.get(&user)?;
        let is_stale = keys.is_stale.load(Ordering::Relaxed);
        if Timestamp::now() <= since.plus(KEPT_SECONDS) && !is_stale {
            return Some(Arc::clone(keys));
        }
        people.pop(&user);
        None
    }

    /// Unwraps and keeps. None where she has no keys.
    pub(crate) fn admit(&self, user: UserId, rows: &Rows) -> Result<Option<Arc<UserKeys>>> {
        let Some(keys) = UserKeys::unwrap(&self.keyring, user, rows)? else {
            return Ok(None);
        };
        Ok(Some(self.keep(keys)))
    }

    /// Keeps keys that were just made.
    pub(crate) fn keep(&self, keys: UserKeys) -> Arc<UserKeys> {
        let keys = Arc::new(keys);
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.put(keys.user, (Timestamp::now(), Arc::clone(&keys)));
        keys
    }

    /// Forgets keys that were shredded.
    pub(crate) fn forget(&self, user: UserId) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.pop(&user);
    }

    /// A person's keys: warm, or at the cost of one batch.
    pub(crate) async fn of(&self, db: &Database, user: UserId) -> Result<Option<Arc<UserKeys>>> {
        if let Some(keys) = self.warm(user) {
            return Ok(Some(keys));
        }
        let [rows] = db.batch([of_user(RowId(*user.as_bytes()))]).await?;
        self.admit(user, &rows.rows()?)
    }

    /// The system's keys, made when the first request of a new deployment asks.
    pub(crate) async fn system(&self, db: &Database) -> Result<Arc<UserKeys>> {
        if let Some(keys) = self.system.get() {
            return Ok(Arc::clone(keys));
        }
        let id = RowId(*UserId::SYSTEM.as_bytes());
        let [rows] = db.batch([of_user(id)]).await?;
        let keys = match UserKeys::unwrap(&self.keyring, UserId::SYSTEM, &rows.rows()?)? {
            Some(keys) => keys,
            None => self.make_system_keys(db, id).await?,
        };
        Ok(Arc::clone(self.system.get_or_init(|| Arc::new(keys))))
    }

    async fn make_system_keys(&self, db: &Database, id: RowId) -> Result<UserKeys> {
        let (insert, _) = generate(&self.keyring, UserId::SYSTEM)?;
        let [_, rows] = db.batch([insert, of_user(id)]).await?;
        UserKeys::unwrap(&self.keyring, UserId::SYSTEM, &rows.rows()?)?
            .ok_or_else(|| Problem::from(EngineError::Shape))
    }
}
