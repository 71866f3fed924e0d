//! Where memory comes from.

/// For all of the program, what is written in C with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gives what this thread freed, and those that have ended, back to the system at once. The allocator
/// itself does so only while somebody allocates, so that what starting took would be kept until readers
/// come.
#[allow(
    unsafe_code,
    reason = "the allocator's function has no other face; it takes no pointer and has no conditions"
)]
pub fn give_back() {
    // SAFETY: it may be called at any time, from any thread.
    unsafe { libmimalloc_sys::mi_collect(true) }
}
