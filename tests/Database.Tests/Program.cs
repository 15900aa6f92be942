using Database.Tests.Work;
using Xunit.Runner.InProc.SystemConsole;

return args is ["work-until-killed", var engine, var target] ? await WorkUntilKilled.Run(engine, target) : await ConsoleRunner.Run(args);
