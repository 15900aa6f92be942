-- room: Portal/Identity

create table OidcClient (
    Id varchar(30) not null constraint PK_OidcClient primary key,
    Kind varchar(10) not null constraint CK_OidcClient_Kind check (Kind in ('web', 'native', 'service')),
    AccountId varchar(30) null,
    ServicePersonId varchar(30) null constraint FK_OidcClient_ServicePerson references Person (Id),
    Name nvarchar(80) not null,
    AuthMethod varchar(20) not null constraint CK_OidcClient_AuthMethod check (AuthMethod in ('secret', 'private_key_jwt', 'none')),
    Jwks nvarchar(max) null,
    RedirectUris nvarchar(max) null,
    PostLogoutRedirectUris nvarchar(max) null,
    BackchannelLogoutUri nvarchar(500) null,
    Scopes varchar(200) not null,
    GrantTypes varchar(300) not null,
    Permissions varchar(1000) null,
    RequirePar bit not null,
    DpopBound bit not null,
    IsResourceServer bit not null,
    CreatedBy varchar(30) not null constraint FK_OidcClient_Person references Person (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    LastUsedAt datetime2(3) null,
    RevokedAt datetime2(3) null
);

create index IX_OidcClient_AccountId on OidcClient (AccountId, CreatedAt);

create table OidcClientSecret (
    Id varchar(30) not null constraint PK_OidcClientSecret primary key,
    ClientId varchar(30) not null constraint FK_OidcClientSecret_OidcClient references OidcClient (Id),
    SecretHash varchar(64) not null constraint UQ_OidcClientSecret_SecretHash unique,
    Hint varchar(8) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    LastUsedAt datetime2(3) null,
    RevokedAt datetime2(3) null
);

create index IX_OidcClientSecret_ClientId on OidcClientSecret (ClientId, CreatedAt);

-- ids that are good once (client assertions, DPoP proofs) or no more (access tokens that were taken back), until they expire anyway
create table SpentId (
    IdHash varchar(64) not null constraint PK_SpentId primary key,
    ExpiresAt datetime2(3) not null
);

create index IX_SpentId_ExpiresAt on SpentId (ExpiresAt);

create table PushedRequest (
    UriHash varchar(64) not null constraint PK_PushedRequest primary key,
    ClientId varchar(60) not null,
    Parameters nvarchar(max) not null,
    CreatedAt datetime2(3) not null,
    SeenAt datetime2(3) null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);

create index IX_PushedRequest_ExpiresAt on PushedRequest (ExpiresAt);

create table DeviceRequest (
    DeviceCodeHash varchar(64) not null constraint PK_DeviceRequest primary key,
    UserCodeHash varchar(64) not null constraint UQ_DeviceRequest_UserCodeHash unique,
    ClientId varchar(60) not null,
    Scope varchar(200) not null,
    Ip varchar(45) not null,
    State varchar(10) not null constraint CK_DeviceRequest_State check (State in ('pending', 'approved', 'denied', 'used')),
    GrantId varchar(30) null constraint FK_DeviceRequest_TokenGrant references TokenGrant (Id),
    PauseSeconds int not null,
    PolledAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null
);

create index IX_DeviceRequest_ExpiresAt on DeviceRequest (ExpiresAt);

create table RememberedConsent (
    Id varchar(30) not null constraint PK_RememberedConsent primary key,
    PersonId varchar(30) not null constraint FK_RememberedConsent_Person references Person (Id),
    AccountId varchar(30) null,
    ClientId varchar(60) not null,
    Scope varchar(200) not null,
    CreatedAt datetime2(3) not null,
    WithdrawnAt datetime2(3) null
);

create index IX_RememberedConsent_PersonId on RememberedConsent (PersonId, ClientId);

alter table TokenGrant add DpopJkt varchar(43) null;
alter table TokenGrant add LastUsedAt datetime2(3) null;
alter table AuthorizationCode add DpopJkt varchar(43) null;

create index IX_TokenGrant_SessionId on TokenGrant (SessionId);
