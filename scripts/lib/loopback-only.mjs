// Loaded before each example of the documentation: it may talk to this machine and to nobody else.

import net from 'node:net'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\]|::ffff:127(?:\.\d{1,3}){3})$/
const { connect } = net.Socket.prototype

net.Socket.prototype.connect = function connectToLoopback(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const host = typeof options === 'object' ? options.host : typeof args[1] === 'string' ? args[1] : undefined
  const path = typeof options === 'object' ? options.path : undefined
  if (path === undefined && host !== undefined && !loopback.test(host)) {
    throw new Error(`Examples talk to loopback only, but this one connects to ${host}`)
  }
  return connect.apply(this, args)
}
