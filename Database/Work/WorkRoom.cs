using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Database.Work;

/// <summary>How the work loop runs. Section <c>Database:Work</c>.</summary>
public sealed record WorkOptions
{
    /// <summary>How many items run at once in this process.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>How long a claim lasts without renewal; a killed worker's items are free after it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest pause between two looks at the queue.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often another process's commit is looked for (SQLite).</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(5);
}

/// <summary>A command that this host runs.</summary>
public sealed record WorkCommand(string Name, Type Handler, int MaxAttempts, TimeSpan FirstPause)
{
    /// <summary>Whether its end is an audit event of the account: <c>server.create.done</c> or <c>server.create.failed</c>.</summary>
    public bool Audited { get; init; }

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>The pause after the given number of earlier failures: doubling, at most five minutes.</summary>
    public TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 20));
        return pause < LongestPause ? pause : LongestPause;
    }
}

/// <summary>A command that runs again and again; its one item is added when the host starts.</summary>
public sealed record PeriodicWork(string Command, TimeSpan Every)
{
    internal NewWork First => new(Command, Command) { DedupKey = $"periodic:{Command}" };

    /// <summary>The outcome of one run: again after the period.</summary>
    public WorkOutcome Next(DateTimeOffset now) => new WorkOutcome.Again(now + Every, "waiting", "Runs again.");
}

/// <summary>What the room offers the building: the queue and its loop.</summary>
public static class WorkRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddWork(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkOptions>().Bind(configuration.GetSection("Database:Work"))
            .Validate(options => options.Parallel > 0, "Database:Work:Parallel is not positive; set at least 1.")
            .Validate(options => options.Lease >= TimeSpan.FromMilliseconds(300), "Database:Work:Lease is too short; set at least 00:00:00.3.")
            .ValidateOnStart();
        services.AddHostedService<WorkLoop>();
        return services;
    }

    /// <summary>Registers a command with its handler; tries end after <paramref name="maxAttempts"/> exceptions.</summary>
    public static IServiceCollection AddWorkCommand<THandler>(
        this IServiceCollection services, string command, int maxAttempts = 10, TimeSpan? firstPause = null, bool audited = false)
        where THandler : class, IWorkHandler
    {
        services.AddTransient<THandler>();
        services.AddSingleton(new WorkCommand(command, typeof(THandler), maxAttempts, firstPause ?? TimeSpan.FromSeconds(1)) { Audited = audited });
        return services;
    }

    /// <summary>Registers a command that runs every <paramref name="every"/>; its handler ends with <see cref="PeriodicWork.Next"/>.</summary>
    public static IServiceCollection AddPeriodicWork<THandler>(this IServiceCollection services, string command, TimeSpan every)
        where THandler : class, IWorkHandler
    {
        services.AddWorkCommand<THandler>(command, maxAttempts: int.MaxValue);
        services.AddSingleton(new PeriodicWork(command, every));
        return services;
    }
}
