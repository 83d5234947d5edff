//! Blob keys: `segment/segment/…`, of letters, digits and `. _ -` only, so that a key is a safe file name everywhere
//! and can never lead out of the store.

use crate::error::StoreError;

/// Longest key and longest segment in bytes; file systems allow 255 a name, object stores 1024 a key.
const KEY: usize = 512;
const SEGMENT: usize = 200;

/// Checks a key, or a prefix of keys, and gives it as the object store's path.
pub(super) fn check(key: &str) -> Result<object_store::path::Path, StoreError> {
    let wrong = |problem| StoreError::BadKey { key: key.chars().take(80).collect(), problem };
    if key.is_empty() || key.len() > KEY {
        return Err(wrong("it must have 1 to 512 characters"));
    }
    for segment in key.split('/') {
        if segment.is_empty() || segment.len() > SEGMENT {
            return Err(wrong("each part between slashes must have 1 to 200 characters"));
        }
        if segment.starts_with('.') || segment.ends_with('.') {
            return Err(wrong("no part may begin or end with a dot"));
        }
        if !segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) {
            return Err(wrong("only letters, digits and . _ - may be used"));
        }
    }
    Ok(object_store::path::Path::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_leave_the_store_or_mean_two_things_are_refused() {
        for key in ["", "/a", "a/", "a//b", "..", "a/../b", ".hidden", "a/.b", "a b", "a\\b", "ü", "a\0", "a:b", "a."]
        {
            assert!(matches!(check(key), Err(StoreError::BadKey { .. })), "{key:?}");
        }
        assert!(check(&"a".repeat(201)).is_err() && check(&"a/".repeat(300)).is_err());
        assert_eq!(check("job-1/2/Mix_final.wav").unwrap().as_ref(), "job-1/2/Mix_final.wav");
    }
}
