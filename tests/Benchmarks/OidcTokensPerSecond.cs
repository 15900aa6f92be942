using System.Diagnostics;
using System.Globalization;
using System.Text;
using Database;
using Portal.Identity;
using Portal.Identity.Oidc;
using Testing;

namespace Benchmarks;

/// <summary>
/// Client-credential tokens a second: the built-in provider, npm's oidc-provider (certified; its store is in memory), and a bare Kestrel endpoint
/// that signs one ES256 JWT a request and asks nobody who they are. Each is a process of its own; rounds alternate.
/// </summary>
public sealed class OidcTokensPerSecond : Benchmark
{
    private const int Connections = 8;
    private const int Rounds = 5;
    private const int RequestsOfRound = 6_000;
    private const int RequestsOfNode = 2_000;
    private const string Body = "grant_type=client_credentials&scope=api";

    public override async Task<IReadOnlyList<Figure>> Measure()
    {
        var modules = Parts.NodeModules ?? throw new InvalidOperationException("npm's packages are not there: tests/Parts/up npm");
        await using var premises = await Premises.Open();
        var (id, secret) = await Furnish(premises);
        var headers = $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{secret}"))}\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n";
        await using var portal = await HostProcess.Start("Portal", premises.Settings);
        await using var bare = await HostProcess.Start("Benchmarks", premises.Settings, [BareToken.Verb]);
        var port = FreePort.Find();
        using var node = await StartNode(modules, port, id, secret);
        try
        {
            return await Compare(
                headers, new Uri(portal.Url!, Token.Path), new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/token")),
                new Uri(bare.Url!, "/token"));
        }
        finally
        {
            node.Kill();
        }
    }

    private static async Task<IReadOnlyList<Figure>> Compare(string headers, Uri portal, Uri node, Uri bare)
    {
        // until the compilers have seen all of it twice
        for (var i = 0; i < 3; i++)
        {
            await WireLoad.Run(portal, headers, Body, Connections, RequestsOfRound);
            await WireLoad.Run(node, headers, Body, Connections, RequestsOfNode);
            await WireLoad.Run(bare, headers, Body, Connections, RequestsOfRound);
        }

        var (ours, theirs, least) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await WireLoad.Run(portal, headers, Body, Connections, RequestsOfRound));
            theirs.Add(await WireLoad.Run(node, headers, Body, Connections, RequestsOfNode));
            least.Add(await WireLoad.Run(bare, headers, Body, Connections, RequestsOfRound));
            Console.WriteLine(
                $"  round {round + 1}: ours {Numbers.PerSecond(ours[^1])}, oidc-provider {Numbers.PerSecond(theirs[^1])}, bare {Numbers.PerSecond(least[^1])}");
        }

        var toNode = Numbers.Median(ours.Zip(theirs, (one, other) => one / other));
        var toBare = Numbers.Median(ours.Zip(least, (one, other) => one / other));
        return
        [
            new($"client-credential tokens: built-in / oidc-provider, median of {Rounds} rounds", Numbers.Ratio(toNode), ">= 5.00", toNode >= 5),
            new($"client-credential tokens: built-in / bare ES256, median of {Rounds} rounds", Numbers.Ratio(toBare), ">= 0.50", toBare >= 0.5),
            new("  built-in, median round", Numbers.PerSecond(Numbers.Median(ours)), "", true),
            new("  oidc-provider, median round", Numbers.PerSecond(Numbers.Median(theirs)), "", true),
            new("  bare, median round", Numbers.PerSecond(Numbers.Median(least)), "", true),
        ];
    }

    private static async Task<Process> StartNode(string modules, int port, string id, string secret)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "oidc-provider.mjs");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_ENV"] = "production";
        foreach (var argument in (string[])[script, modules, port.ToString(CultureInfo.InvariantCulture), id, secret]) start.ArgumentList.Add(argument);
        var node = Process.Start(start)!;
        node.BeginErrorReadLine();
        while (await node.StandardOutput.ReadLineAsync() is { } line)
            if (line == "listening") return node;
        throw new InvalidOperationException("oidc-provider did not start.");
    }

    private static async Task<(string Id, string Secret)> Furnish(Premises premises)
    {
        var now = DateTimeOffset.UtcNow;
        var (id, secret) = (Id.New<OidcClientId>(now), Secrets.New());
        await premises.Db.Write(async tx =>
        {
            await tx.Execute(Sql.Client, new { Id = id, premises.Customer.AccountId, premises.Customer.PersonId, Now = now });
            await tx.Execute(Sql.Secret, new { Id = Id.New<OidcSecretId>(now), ClientId = id, SecretHash = Secrets.Hash(secret), Now = now });
        });
        return (id.Value, secret);
    }

    internal static class Sql
    {
        public const string Client = """
            insert into OidcClient (Id, Kind, AccountId, ServicePersonId, Name, AuthMethod, Scopes, GrantTypes, Permissions, RequirePar, DpopBound,
                IsResourceServer, CreatedBy, CreatedAt)
            values (@Id, 'service', @AccountId, @PersonId, 'A service', 'secret', 'api', 'client_credentials', 'servers.read', 0, 0, 0, @PersonId, @Now)
            """;

        public const string Secret = """
            insert into OidcClientSecret (Id, ClientId, SecretHash, Hint, CreatedAt)
            values (@Id, @ClientId, @SecretHash, '', @Now)
            """;
    }
}
