using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Portal.Accounts;
using Portal.Api;
using Portal.Identity;
using Testing;
using Xunit;

namespace Portal.Tests.Api;

public sealed class IdempotencyTests
{
    [Theory, Engines]
    public async Task The_same_request_creates_once_and_gets_the_same_answer(string engine)
    {
        await using var shop = await Shop.Open(engine);
        using var first = await shop.Post("key-1", "{\"name\":\"a\"}");
        using var second = await shop.Post("key-1", "{\"name\":\"a\"}");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.True(second.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(1, shop.Made);
    }

    [Theory, Engines]
    public async Task Another_request_under_the_same_key_is_refused(string engine)
    {
        await using var shop = await Shop.Open(engine);
        using var first = await shop.Post("key-1", "{\"name\":\"a\"}");
        using var other = await shop.Post("key-1", "{\"name\":\"b\"}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("portal.api.idempotency_key_reused", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, shop.Made);
    }

    [Theory, Engines]
    public async Task Ten_at_once_create_one(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.Post("key-1", "{}")));
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.Conflict]));
        Assert.Equal(1, shop.Made);
    }

    [Fact]
    public async Task A_missing_or_strange_key_is_refused_before_anything_is_done()
    {
        await using var shop = await Shop.Open();
        foreach (var key in (string?[])[null, new string('k', 101), "a b"])
        {
            using var answer = await shop.Post(key, "{}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("portal.api.idempotency_key_needed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, shop.Made);
    }

    [Fact]
    public async Task A_failure_of_ours_is_not_kept()
    {
        await using var shop = await Shop.Open();
        shop.Fails = true;
        using var failed = await shop.Post("key-1", "{}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        shop.Fails = false;
        using var again = await shop.Post("key-1", "{}");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public void A_cursor_comes_back_as_it_went()
    {
        var cursor = PageQuery.Encode("inv_0001");
        var (page, refusal) = PageQuery.Read(new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>
        {
            ["cursor"] = cursor, ["limit"] = "2",
        }));
        Assert.Null(refusal);
        Assert.Equal("inv_0001", page.After);
        Assert.Equal(new ApiPage<int>([1, 2], PageQuery.Encode("2")).Next, page.Of([1, 2, 3], n => $"{n}").Next);
        Assert.Null(page.Of([1, 2], n => $"{n}").Next);
        Assert.NotNull(PageQuery.Read(Query("cursor", "nonsense!")).Refusal);
        Assert.NotNull(PageQuery.Read(Query("limit", "0")).Refusal);
    }

    private static QueryCollection Query(string name, string value) =>
        new(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { [name] = value });

    private sealed class Shop : IAsyncDisposable
    {
        private TestDatabase database = null!;
        private WebApplication app = null!;
        private HttpClient client = null!;
        private int made;

        public int Made => made;

        public bool Fails { get; set; }

        public static async Task<Shop> Open(string engine = "SQLite")
        {
            var shop = new Shop { database = await TestDatabase.Create(engine) };
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton(shop.database.Db).AddSingleton(TimeProvider.System);
            shop.app = builder.Build();
            shop.app.UseRouting();
            var who = new SignedIn(new PersonId("per_1"), new AccountId("acc_1"), "owner", "", "Asha", null);
            shop.app.Use(next => context =>
            {
                context.Features.Set(who);
                return Idempotency.Keep(context, next);
            });
            shop.app.MapPost("/things", shop.Make).Creates();
            await shop.app.StartAsync();
            var address = shop.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            shop.client = new HttpClient { BaseAddress = new Uri(address) };
            return shop;
        }

        public async Task<HttpResponseMessage> Post(string? key, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/things") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            return await client.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await app.DisposeAsync();
            await database.DisposeAsync();
        }

        private IResult Make()
        {
            if (Fails) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            var number = Interlocked.Increment(ref made);
            return Results.Created($"/things/{number}", new { number });
        }
    }
}
