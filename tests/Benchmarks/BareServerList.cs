using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Portal.Accounts;
using Portal.Servers;

namespace Benchmarks;

/// <summary>The least that can answer with a list of servers: Kestrel, the list's query, its rows as JSON. Nobody signs in.</summary>
internal static class BareServerList
{
    public const string Verb = "bare-server-list";

    public static async Task<int> Run(string file, string account, string[] args)
    {
        using var engine = new SqliteEngine(file);
        var db = new Db(engine);
        var owner = AccountId.From(account);
        await using var app = WebApplication.CreateSlimBuilder(args).Build();
        app.MapGet("/health/live", () => "live");
        app.MapGet("/servers", async () => Results.Json((await ServerList.Read(db, owner, null, null, null, null)).Servers));
        await app.RunAsync();
        return 0;
    }
}
