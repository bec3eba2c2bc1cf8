/* The commands of the program. Each takes its own argv, whose first word is its name, and returns the exit status. */
#ifndef HUITANG_SIGNALING_COMMAND_LINE_H
#define HUITANG_SIGNALING_COMMAND_LINE_H

int serve_main(int argc, char **argv);
int token_main(int argc, char **argv);
int report_main(int argc, char **argv);
int verify_main(int argc, char **argv);
int import_main(int argc, char **argv);
int export_main(int argc, char **argv);

#endif
