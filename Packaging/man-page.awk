# Turns the help of a command into a manual page. Variables: command, such as "percept train"; version; date (YYYY-MM-DD).

function escaped(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  return text ~ /^[.']/ ? "\\\&" text : text
}

function add(line) { body[section] = body[section] line "\n" }

function begin(title) {
  section = title
  if (!(title in body)) titles[++count] = title
}

function write(title) {
  if (title in body) printf ".SH %s\n%s", title, body[title]
  delete body[title]
}

/^OVERVIEW: / {
  name = command
  gsub(/ /, "-", name)
  text = substr($0, 11)
  while ((getline line) > 0 && line != "") text = text " " line
  sub(/\.$/, "", text)
  begin("NAME")
  add(escaped(name) " \\- " escaped(text))
  begin("DESCRIPTION")
  next
}

/^USAGE: / { begin("SYNOPSIS"); add(escaped(substr($0, 8))); next }
/^[A-Z][A-Z ]*:$/ { begin(substr($0, 1, length($0) - 1)); next }

# Text without indentation belongs to no section of the help.
/^[^ ]/ && section != "DESCRIPTION" { begin("DESCRIPTION") }

/^$/ { if (section == "DESCRIPTION") add(".PP"); next }

section == "EXAMPLES" { add(".EX"); add(escaped(substr($0, 3))); add(".EE"); next }

# An item of a list: a term, and its text after at least two spaces or on the next line.
/^  [^ ]/ && (/^  [-<]/ || /^  [^ ]+  /) {
  text = substr($0, 3)
  term = text
  if (match(text, /  +/) || match(text, /> /)) {
    term = substr(text, 1, RSTART)
    text = substr(text, RSTART + RLENGTH)
  } else {
    text = ""
  }
  sub(/ +$/, "", term)
  if (section == "SUBCOMMANDS") pages = pages (pages ? ", " : "") "\\fB" escaped(name "-" term) "\\fR(1)"
  add(".TP")
  add("\\fB" escaped(term) "\\fR")
  if (text != "") add(escaped(text))
  next
}

/^  See 'percept help/ { next }
{ sub(/^ +/, ""); add(escaped($0)) }

END {
  printf ".TH %s 1 %s \"percept %s\" \"User Commands\"\n", toupper(name), date, version
  write("NAME")
  write("SYNOPSIS")
  write("DESCRIPTION")
  for (i = 1; i <= count; i++) if (titles[i] != "EXAMPLES" && titles[i] != "EXIT CODES") write(titles[i])
  write("EXIT CODES")
  write("EXAMPLES")
  if (pages) printf ".SH SEE ALSO\n%s\n", pages
}
