//! Completions of bash behind `:`, `=` and `@`, at which bash breaks words although ids and options have them.

/// The name of the function that clap writes.
const WRITTEN: &str = "_ikecompat() {";

/// What clap's function is called when it is called with whole words.
const RENAMED: &str = "_ikecompat_of_words() {";

/// Puts the words of the line together, asks, and leaves out of each offer what stands before the last break.
const WHOLE_WORDS: &str = r#"_ikecompat() {
    local line="${COMP_LINE}" rest word number cut at=-1
    local -a words=()
    for ((number = 0; number <= COMP_CWORD; number++)); do
        word="${COMP_WORDS[number]}"
        rest="${line#"${line%%[![:blank:]]*}"}"
        # What no blank parts belongs together.
        if [[ at -ge 0 && -n "${word}" && "${rest}" == "${line}" ]]; then
            words[at]+="${word}"
        else
            at=$((at + 1))
            words[at]="${word}"
        fi
        line="${rest#"${word}"}"
    done
    # An option and its value are two words.
    if [[ "${words[at]}" == --*=* ]]; then
        word="${words[at]}"
        words[at]="${word%%=*}"
        words[at + 1]="${word#*=}"
        at=$((at + 1))
    fi
    local -a COMP_WORDS=("${words[@]}")
    local COMP_CWORD="${at}"
    word="${words[at]}"
    _ikecompat_of_words "$1" "${word}" "${words[at - 1]}"
    local breaks=""
    for cut in : = @; do
        [[ "${COMP_WORDBREAKS}" == *"${cut}"* ]] && breaks+="${cut}"
    done
    if [[ -n "${breaks}" && "${word}" == *[${breaks}]* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[${breaks}]}"}"}")
    fi
}

"#;

/// The script of clap with such words.
pub(super) fn whole_words(script: &str) -> String {
    let end = "if [[ \"${BASH_VERSINFO[0]}\" -eq 4 && \"${BASH_VERSINFO[1]}\" -ge 4";
    let script = script.replacen(WRITTEN, RENAMED, 1);
    script.replacen(end, &format!("{WHOLE_WORDS}{end}"), 1)
}
