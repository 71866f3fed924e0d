//! A POST that is sent twice is done once.
