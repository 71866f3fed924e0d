//! Servers as processes of their own: started, asked whether they are ready, killed.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use newsline::db::Id;

use crate::client::Client;
use crate::{Checked, Failed};

/// A database, and the settings under which servers use it.
pub struct Newsroom {
    program: PathBuf,
    pub url: String,
    folder: PathBuf,
    secret: String,
    email: String,
    password: String,
}

/// How long a server may take until it answers. The check of a debug build on a busy machine
/// needs more than anybody would wait for.
const START: Duration = Duration::from_secs(60);

impl Newsroom {
    /// Brings the database up to date and makes an account to work with.
    pub fn open(url: &str) -> Result<Self, Failed> {
        if url.is_empty() {
            return Err("--database: expected sqlite://PATH or postgres://…".into());
        }
        let id = Id::<()>::new();
        let folder = std::env::temp_dir().join(format!("newsline-check-{id}"));
        std::fs::create_dir_all(&folder)?;
        let newsroom = Self {
            program: program()?,
            url: url.to_owned(),
            folder,
            secret: format!("{id}{}", Id::<()>::new()),
            email: format!("check-{id}@example.org"),
            password: format!("check {id}"),
        };
        newsroom.run(&["migrate"])?;
        let who = [
            "--email",
            &newsroom.email,
            "--name",
            "Check",
            "--role",
            "admin",
        ];
        newsroom.run(&[&["user", "create"][..], &who].concat())?;
        Ok(newsroom)
    }

    pub fn is_embedded(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            // It is for this program.
            .env_remove("NEWSLINE_PROGRAM")
            .env("DATABASE_URL", &self.url)
            .env("NEWSLINE_DATA_DIR", &self.folder)
            .env("NEWSLINE_SECRET", &self.secret)
            .env("NEWSLINE_PASSWORD", &self.password)
            .env("NEWSLINE_LOG", "off");
        command
    }

    fn run(&self, arguments: &[&str]) -> Checked {
        let output = self.command().args(arguments).output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!(
                "newsline {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            )
            .into()),
        }
    }

    /// Starts a server and waits until it answers.
    pub async fn serve(&self) -> Result<Server, Failed> {
        self.serve_with(&[]).await
    }

    /// The same with more settings.
    pub async fn serve_with(&self, settings: &[(&str, &str)]) -> Result<Server, Failed> {
        // The port is free a moment later, too: nobody else takes ports this way here.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = self
            .command()
            .arg("serve")
            .envs(settings.iter().copied())
            .env("NEWSLINE_BIND", address.to_string())
            .stdin(Stdio::null())
            .spawn()?;
        let mut server = Server {
            child,
            base: format!("http://{address}"),
        };
        server.await_ready().await?;
        Ok(server)
    }

    /// Somebody who may do everything, at a server.
    pub async fn admin(&self, server: &Server) -> Result<Client, Failed> {
        Client::new(&server.base)?
            .signed_in(&self.email, &self.password)
            .await
    }
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program beside this one, or the one that the environment names.
fn program() -> Result<PathBuf, Failed> {
    if let Some(named) = std::env::var_os("NEWSLINE_PROGRAM") {
        return Ok(named.into());
    }
    let here = std::env::current_exe()?;
    let folder = here.ancestors().nth(2).ok_or("the program has no folder")?;
    Ok(folder.join("newsline"))
}

/// A running server, killed when it is let go.
pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    async fn await_ready(&mut self) -> Checked {
        let client = Client::new(&self.base)?;
        let begun = Instant::now();
        while begun.elapsed() < START {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended by itself: {status}").into());
            }
            if client
                .get("/readyz")
                .await
                .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the server was not ready after {} s", START.as_secs()).into())
    }

    /// SIGKILL: it cannot put anything away.
    pub fn kill(&mut self) -> Checked {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Runs a command of the caller's, such as one that stops the database.
pub async fn shell(command: &str) -> Checked {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = tokio::task::spawn_blocking(move || shell.status()).await??;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{command}: {status}").into()),
    }
}
