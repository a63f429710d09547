//! Writes the JavaScript that calls the WebAssembly module of the page, and the module as that expects it.
//!
//! `wasm-bindgen` itself would have to be installed in the very version of the library; this is built from the same
//! Cargo.lock.

use std::path::PathBuf;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(module), Some(folder), None) = (paths.next(), paths.next(), paths.next()) else {
        eprintln!("usage: ikecompat-bindings MODULE.wasm FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).typescript(false);
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    // Scripts that are no modules are loaded from `file://` too, and by `importScripts`.
    let written = bindgen
        .no_modules(true)
        .and_then(|bindgen| bindgen.no_modules_global("ikecompat"))
        .and_then(|bindgen| bindgen.out_name("engine").generate(&folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error:#}", module.display());
            ExitCode::FAILURE
        }
    }
}
