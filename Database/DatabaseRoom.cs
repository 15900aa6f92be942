using Database.Audit;
using Database.Objects;
using Database.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Database;

/// <summary>Where the data is. Section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary><c>sqlite</c> (the embedded default) or <c>sqlserver</c>.</summary>
    public string Engine { get; init; } = "sqlite";

    /// <summary>The SQLite file.</summary>
    public string File { get; init; } = "data/portal.db";

    /// <summary>The SQL Server connection string.</summary>
    public string ConnectionString { get; init; } = "";
}

/// <summary>What the room offers the building: the database, its migrator, the work queue, the object store.</summary>
public static class DatabaseRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection("Database"))
            .Validate(options => options.Engine is "sqlite" or "sqlserver", "Database:Engine is neither 'sqlite' nor 'sqlserver'; set one of them.")
            .Validate(
                options => options.Engine != "sqlserver" || options.ConnectionString.Length > 0,
                "Database:ConnectionString is empty; set it, or set Database:Engine to 'sqlite'.")
            .Validate(options => options.Engine != "sqlite" || options.File.Length > 0, "Database:File is empty; name a file, e.g. data/portal.db.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Engine>(provider => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value switch
        {
            { Engine: "sqlserver" } options => new SqlServerEngine(options.ConnectionString),
            var options => new SqliteEngine(options.File),
        });
        services.AddSingleton(provider => new Db(provider.GetRequiredService<Engine>(), provider.GetRequiredService<AuditKeys>()));
        services.AddSingleton<Migrator>();
        services.AddWork(configuration);
        services.AddObjects(configuration);
        services.AddAudit();
        return services;
    }

    /// <summary><c>GET /health/live</c>: the process answers. <c>GET /health/ready</c>: the database answers, and how late the work is.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => "live").AllowAnonymous();
        routes.MapGet("/health/ready", WorkHealth.Answer).AllowAnonymous();
    }
}
