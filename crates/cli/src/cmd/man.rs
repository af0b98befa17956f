use super::App;
use crate::args::Cli;
use crate::exit::Exit;
use clap::CommandFactory;

/// Prints the man page: the whole program, then each subcommand.
pub fn man(app: &App<'_>) -> Exit {
    let mut text = Vec::new();
    let mut command = Cli::command();
    command.build();
    if let Err(e) = render(&command, &mut text) {
        return app.fail(None, &format!("the man page cannot be made: {e}"));
    }
    app.print(&String::from_utf8_lossy(&text))
}

fn render(command: &clap::Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(text)?;
    for sub in command.get_subcommands() {
        text.extend_from_slice(
            format!(".SH \"SEPAL {}\"\n", sub.get_name().to_uppercase()).as_bytes(),
        );
        let page = clap_mangen::Man::new(sub.clone());
        page.render_synopsis_section(text)?;
        page.render_description_section(text)?;
        page.render_options_section(text)?;
    }
    Ok(())
}
