import Glibc
import Simulator

/// `SIM_SECONDS=60 SIM_SEED=7 simulate`: prints what was done, and exits with 1 where booking differs from the contract.
/// SIGTERM ends it before its time.
signal(SIGTERM) { _ in Run.askToEnd() }
let simulation = try await Simulation.make()
let report = await Run.ofEnvironment(seconds: 60).report(on: simulation)
simulation.end()
print(report)
exit(report.difference == nil ? 0 : 1)
