-- room: Portal/Identity

alter table PortalSession add Amr varchar(60) null;
alter table PortalSession add SecondFactorAt datetime2(3) null;
alter table TokenGrant add Amr varchar(60) null;
alter table TokenGrant add Acr varchar(40) null;
