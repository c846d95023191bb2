import { kindOf } from './build.mjs'

/*
 * A configuration of workerd in its own language, of plain objects.
 */

const text = (value) => JSON.stringify(String(value))
const list = (items) => `[\n    ${items.join(',\n    ')}\n  ]`

/** Writes a configuration: its services, and which of them listen on this machine, as `name` or `{ name, port }`. */
export function configOf({ services, sockets }) {
  const parts = [
    'using Workerd = import "/workerd/workerd.capnp";',
    'const config :Workerd.Config = (',
    `  services = ${list([...services.map(serviceText), loopback])},`,
    `  sockets = ${list(sockets.map(socketText))}`,
    ');',
  ]
  return `${parts.join('\n')}\n`
}

function socketText(socket) {
  const { name, port } = typeof socket === 'string' ? { name: socket, port: 0 } : socket
  return `(name = ${text(name)}, address = "127.0.0.1:${port}", http = (), service = ${text(name)})`
}

/** Workers may call servers of this machine, and nothing beyond it. */
const loopback = '(name = "internet", network = (allow = ["local", "private"]))'

function serviceText(service) {
  const { name } = service
  if ('disk' in service) return `(name = ${text(name)}, disk = (path = ${text(service.disk)}, writable = true))`
  if ('address' in service) return `(name = ${text(name)}, external = (address = ${text(service.address)}, http = ()))`
  return `(name = ${text(name)}, worker = ${workerText(service)})`
}

function workerText({ modules, date, flags = [], bindings = [], objects = [], storage, cache }) {
  const members = [
    `modules = ${list(modules.map((file) => `(name = ${text(file)}, ${kindOf(file)} = embed ${text(file)})`))}`,
    `compatibilityDate = ${text(date)}`,
    `compatibilityFlags = [${flags.map(text).join(', ')}]`,
    `bindings = ${list(bindings.map(bindingText))}`,
    ...(objects.length === 0 ? [] : [`durableObjectNamespaces = ${list(objects.map(objectText))}`]),
    ...(storage === undefined ? [] : [`durableObjectStorage = (localDisk = ${text(storage)})`]),
    ...(objects.length > 0 && storage === undefined ? ['durableObjectStorage = (inMemory = void)'] : []),
    ...(cache === undefined ? [] : [`cacheApiOutbound = ${text(cache)}`]),
  ]
  return `(${members.join(', ')})`
}

const objectText = (className) =>
  `(className = ${text(className)}, uniqueKey = ${text(`measured-${className}`)}, enableSql = true)`

/** A binding is `[name, kind, value]`; an object's namespace may be of another service: `[className, service]`. */
function bindingText([name, kind, value]) {
  const isElsewhere = Array.isArray(value)
  const target = isElsewhere ? `(className = ${text(value[0])}, serviceName = ${text(value[1])})` : text(value)
  return `(name = ${text(name)}, ${kind} = ${target})`
}
