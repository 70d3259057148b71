"""The commands, one module a topic: read arguments, call one function, print. stdout is data, stderr is talk."""
