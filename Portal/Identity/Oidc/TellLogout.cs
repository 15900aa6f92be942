using Database;
using Database.Work;
using Portal.Identity.Sessions;
using Portal.Identity.SignIn;

namespace Portal.Identity.Oidc;

/// <summary>
/// Tells a client that a session has ended (OpenID Connect Back-Channel Logout 1.0 section 2.5). The promise is written in the
/// transaction that ends the session; it is tried again until the client answers or the tries are used up.
/// </summary>
internal sealed class TellLogout(Clients clients, Tokens tokens, LogoutChannel channel) : IWorkHandler
{
    public const string Command = "identity.tell_logout";
    public const int Tries = 12;

    /// <summary>One item for each client that got a token in the session; called by whoever ends it.</summary>
    public static async Task Promise(Tx tx, SessionId session, DateTimeOffset now)
    {
        foreach (var client in await tx.Query<Told>(Sql.ClientsOf, new { Id = session }))
        {
            await WorkQueue.Add(
                tx,
                new NewWork(Command, session.Value)
                {
                    Input = new Input(client.ClientId, client.PersonId.Value),
                    DedupKey = $"logout:{session}:{client.ClientId}",
                },
                now);
        }
    }

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var input = context.Input<Input>();
        // a client without an address, or one that is gone, wants to be told nothing
        if (await clients.Find(input.ClientId) is not { BackchannelLogoutUri: { Length: > 0 } address } client) return new WorkOutcome.Done();
        // section 2.6: the id is the item's, so that a client that answered and was not heard knows the second one
        var token = await tokens.Logout(client.Id, input.Subject, context.Item.Resource, context.Item.Id.Value, context.Now);
        return await channel.Post(client, address, token, context.Cancelled) is { } refusal
            ? new WorkOutcome.Failed("portal.identity.logout_refused", refusal)
            : new WorkOutcome.Done();
    }

    internal sealed record Input(string ClientId, string Subject);

    private sealed record Told
    {
        public string ClientId { get; init; } = "";

        public PersonId PersonId { get; init; }
    }

    internal static class Sql
    {
        public const string ClientsOf = """
            -- all accounts: by the session's own id
            select distinct ClientId, PersonId
            from TokenGrant
            where SessionId = @Id
            order by ClientId
            """;
    }
}

/// <summary>The way to clients: an address that the operator configured may be anywhere, one that a customer registered in the open internet only.</summary>
internal sealed class LogoutChannel : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly HttpClient near = Make(null);
    private readonly HttpClient open = Make(new PublicNetwork(""));

    /// <summary>Null when the client has heard; why it never will otherwise.</summary>
    /// <exception cref="HttpRequestException">It may hear later.</exception>
    public async Task<string?> Post(Client client, string address, string token, CancellationToken cancelled)
    {
        using var form = new FormUrlEncodedContent([new("logout_token", token)]);
        using var response = await (client.Row is null ? near : open).PostAsync(new Uri(address), form, cancelled);
        // section 2.8
        if (response.IsSuccessStatusCode) return null;
        return (int)response.StatusCode is >= 400 and < 500 and not (408 or 425 or 429)
            ? $"The client answered {(int)response.StatusCode}."
            : throw new HttpRequestException($"The client answered {(int)response.StatusCode}.");
    }

    public void Dispose()
    {
        near.Dispose();
        open.Dispose();
    }

    private static HttpClient Make(PublicNetwork? network)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        if (network is not null) handler.ConnectCallback = network.Connect;
        return new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = 16 * 1024 };
    }
}
