// libsystemc expects this symbol; the tests bring their own main.
extern "C" int sc_main(int, char**) { return 0; }
