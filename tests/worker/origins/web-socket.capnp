using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "blue", worker = .blue), (name = "green", worker = .green)],
  sockets = [
    (name = "blue", address = "127.0.0.1:0", http = (), service = "blue"),
    (name = "green", address = "127.0.0.1:0", http = (), service = "green"),
  ],
);

const blue :Workerd.Worker = (
  modules = [(name = "web-socket.js", esModule = embed "web-socket.js")],
  compatibilityDate = "2026-10-20",
  bindings = [(name = "NAME", text = "blue")],
);

const green :Workerd.Worker = (
  modules = [(name = "web-socket.js", esModule = embed "web-socket.js")],
  compatibilityDate = "2026-10-20",
  bindings = [(name = "NAME", text = "green")],
);
