//! A terminal with the binary in it.

use crate::support::root;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long the screen may take to show what is waited for; slow machines build beside the tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A screen of 30 lines and 100 columns, and the binary that draws on it.
pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    // dropping it closes the terminal
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    /// Starts the binary.
    pub fn start(args: &[&str], history: &Path, no_color: bool) -> Terminal {
        let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_sepal"));
        command.args(args);
        command.cwd(root());
        command.env("TERM", "xterm-256color");
        command.env("TZ", "UTC");
        command.env("SEPAL_HISTORY", history);
        command.env_remove("CLICOLOR_FORCE");
        command.env_remove("NO_COLOR");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let input = pair.master.take_writer().unwrap();
        let of = |n: u16| std::num::NonZero::new(n).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(of(30), of(100), 1000)));
        let drawn = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n) = reader.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                drawn.lock().unwrap().process(&bytes[..n]);
            }
        });
        Terminal { screen, input, child, _master: pair.master }
    }

    /// Types keys.
    pub fn keys(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// The screen's text.
    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until the screen is as wished.
    pub fn wait_until(&self, what: &str, done: impl Fn(&vt100::Screen) -> bool) {
        let begin = Instant::now();
        while !done(self.screen.lock().unwrap().screen()) {
            assert!(begin.elapsed() < PATIENCE, "waited for {what}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the screen shows a text.
    pub fn wait(&self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    /// Waits for the prompt with nothing typed.
    pub fn prompt(&self) {
        self.wait_until("the prompt", |screen| {
            let text = screen.contents();
            text.lines().last().is_some_and(|line| line.trim_end() == "sepal>")
        });
    }

    /// The style of a text on the screen: that of its first character where it stands last.
    pub fn colour_of(&self, text: &str) -> vt100::Color {
        let guard = self.screen.lock().unwrap();
        let screen = guard.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        for row in (0..rows).rev() {
            let line: String = screen.rows(0, columns).nth(usize::from(row)).unwrap();
            if let Some(at) = line.find(text) {
                let column = u16::try_from(line[..at].chars().count()).unwrap();
                return screen.cell(row, column).unwrap().fgcolor();
            }
        }
        panic!("{text} is not on the screen:\n{}", screen.contents());
    }

    /// Waits for the end; the exit code.
    pub fn end(mut self) -> u32 {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            if begin.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("did not end:\n{}", self.text());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
