//! Looks at standard input before anybody reads it.

use std::io::{self, BufRead};

/// Returns whether standard input ends before its first byte. Waits for that byte; it is read again.
#[must_use]
pub fn stdin_is_empty() -> bool {
    io::stdin().lock().fill_buf().is_ok_and(<[u8]>::is_empty)
}

/// Returns whether standard input is a file or a pipe that holds data. Takes nothing from it: a shell that
/// reads its script from there goes on to do so. Waits at most a moment for a writer that has just begun.
#[cfg(unix)]
#[must_use]
pub fn stdin_holds_data() -> bool {
    holds_data().unwrap_or_default()
}

#[cfg(unix)]
fn holds_data() -> io::Result<bool> {
    use std::fs::File;
    use std::io::Seek;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    /// How long an open pipe is watched.
    const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let data = file.metadata()?;
    if data.is_file() {
        return Ok(file.stream_position()? < data.len());
    }
    if !data.file_type().is_fifo() && !data.file_type().is_socket() {
        return Ok(false);
    }
    poll(&mut [PollFd::new(&file, PollFlags::IN)], Some(&MOMENT))?;
    // A pipe whose writer went away is readable too.
    Ok(rustix::io::ioctl_fionread(&file)? > 0)
}

/// Returns false: what a pipe holds cannot be seen here without taking it.
#[cfg(not(unix))]
#[must_use]
pub fn stdin_holds_data() -> bool {
    false
}
