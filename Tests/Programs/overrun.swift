// Reads what it has allocated, which is right; and, with an argument, a byte beyond it, which is not.
import Glibc

let count = 16
let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
bytes.initialize(repeating: 1, count: count)
let end = CommandLine.arguments.count > 1 ? count + 1 : count
var sum = 0
for index in 0..<end { sum += Int(bytes[index]) }
print(sum)
bytes.deallocate()
