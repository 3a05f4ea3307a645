/* ptybox - find the applet that was called, and run it */
